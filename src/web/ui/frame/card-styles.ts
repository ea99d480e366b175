/** What every card of the page shares; the colours come from page.css. */
import { css } from 'lit'

/** How good or bad news is, as a class: a colour for whatever stands in it. */
export type Tone = 'good' | 'notice' | 'bad' | 'neutral'

/** Read out, but not seen. */
export const hidden = css`
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
`

export const cardStyles = css`
  :host {
    display: block;
    min-width: 0;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  .card {
    background: var(--card-background);
    border: 1px solid var(--divider);
    border-radius: var(--radius);
    padding: 20px;
  }
  h2 {
    font-size: 1.125rem;
    font-weight: 500;
    line-height: 1.3;
    margin: 0;
  }
  h3 {
    font-size: 0.9375rem;
    font-weight: 500;
    margin: 0;
  }
  p {
    margin: 0;
  }
  ul,
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    justify-content: space-between;
    margin-bottom: 16px;
  }
  .quiet {
    color: var(--text-quiet);
  }
  .small {
    font-size: 0.875rem;
  }
  .icon {
    width: 1.25em;
    height: 1.25em;
    flex: none;
    vertical-align: -0.25em;
  }
  .disc {
    display: grid;
    place-items: center;
    flex: none;
    border-radius: 50%;
  }
  .tinted {
    background: color-mix(in srgb, currentColor 14%, transparent);
  }
  .marked {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 10px;
    overflow-wrap: anywhere;
  }
  .good {
    color: var(--good);
  }
  .notice {
    color: var(--notice);
  }
  .bad {
    color: var(--bad);
  }
  .neutral {
    color: var(--text-quiet);
  }
  .name {
    overflow-wrap: anywhere;
  }
  button {
    font: inherit;
    font-size: 0.9375rem;
    font-weight: 500;
    min-height: 40px;
    padding: 8px 16px;
    border: 1px solid transparent;
    border-radius: 20px;
    cursor: pointer;
    background: var(--accent-strong);
    color: #fff;
    transition: filter 0.15s;
  }
  button:hover:not([disabled]) {
    filter: brightness(1.08);
  }
  button.plain {
    background: transparent;
    border-color: var(--edge);
    color: var(--accent-text);
  }
  button.plain:hover:not([disabled]) {
    background: var(--hover);
    filter: none;
  }
  button[disabled] {
    background: var(--hover);
    border-color: transparent;
    color: var(--text-quiet);
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--accent-text);
    outline-offset: 2px;
  }
  .facts {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 2px 14px;
    margin: 6px 0 0;
    font-size: 0.875rem;
  }
  .facts dt {
    color: var(--text-quiet);
  }
  .facts dd {
    margin: 0;
  }
  .hidden-text {
    ${hidden}
    white-space: nowrap;
  }
  @media (max-width: 599px) {
    .card {
      padding: 16px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`
