/** What the steps of the guide share, beside what every card has. */
import { css } from 'lit'

export const guideStyles = css`
  h2:focus {
    outline: none;
  }
  .intro {
    margin-top: 4px;
    max-width: 70ch;
  }
  .part {
    margin-top: 24px;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    justify-items: start;
    min-width: 0;
  }
  .part > * {
    max-width: 100%;
  }
  .wide {
    justify-self: stretch;
  }
  .choices {
    margin-top: 24px;
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    align-items: center;
  }
  .choices .hint {
    flex: 1 1 200px;
  }
  .choices .hint:empty {
    flex-basis: 0;
  }
  .verdict {
    display: flex;
    gap: 10px;
    align-items: center;
    min-height: 28px;
  }
  .verdict .icon {
    font-size: 1.25rem;
  }
  .verdict span {
    color: var(--text);
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .boxes {
    display: grid;
    gap: 12px;
  }
  .boxes > li {
    border: 1px solid var(--divider);
    border-radius: var(--radius);
    padding: 14px 16px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .bullets {
    display: grid;
    gap: 6px;
  }
  .bullets li {
    padding-left: 18px;
    position: relative;
    overflow-wrap: anywhere;
  }
  .bullets li::before {
    content: '';
    position: absolute;
    left: 4px;
    top: 0.6em;
    width: 6px;
    height: 6px;
    border-radius: 50%;
    background: var(--edge);
  }
  .note {
    display: flex;
    gap: 10px;
    padding: 10px 14px;
    border-radius: 8px;
    background: color-mix(in srgb, currentColor 10%, transparent);
    overflow-wrap: anywhere;
  }
  .note .icon {
    margin-top: 1px;
  }
  .note span {
    color: var(--text);
    min-width: 0;
  }
  pre {
    margin: 8px 0 0;
    padding: 14px 16px;
    overflow: auto;
    border-radius: 8px;
    border: 1px solid var(--divider);
    background: var(--page-background);
    font: 0.875rem/1.5 ui-monospace, monospace;
  }
  summary {
    cursor: pointer;
    color: var(--accent-text);
    font-weight: 500;
    font-size: 0.9375rem;
    padding: 6px 0;
  }
  .timer {
    font-size: 2.5rem;
    line-height: 1.2;
    font-variant-numeric: tabular-nums;
  }
`
