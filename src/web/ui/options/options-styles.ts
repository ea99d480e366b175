import { css } from 'lit'

export const optionsStyles = css`
  h2:focus {
    outline: none;
  }
  h4 {
    font-size: 0.9375rem;
    font-weight: 500;
    margin: 0;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .head {
    align-items: start;
  }
  .intro {
    max-width: 70ch;
    overflow-wrap: anywhere;
  }
  fieldset {
    border: 0;
    padding: 0;
    margin: 0;
    min-width: 0;
    display: grid;
    gap: 8px;
    justify-items: start;
  }
  fieldset > ol {
    justify-self: stretch;
    display: grid;
    gap: 8px;
  }
  legend,
  label {
    padding: 0;
    font-size: 0.875rem;
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .top {
    margin-top: 20px;
  }
  .top > legend {
    font-size: 1rem;
  }
  .box {
    border: 1px solid var(--divider);
    border-radius: var(--radius);
    padding: 12px 16px 8px;
    min-width: 0;
  }
  .row {
    display: flex;
    gap: 8px;
    align-items: start;
  }
  .bare {
    flex: 1 1 0;
    min-width: 0;
    max-width: 420px;
  }
  .entry-head {
    display: flex;
    gap: 8px;
    align-items: center;
    justify-content: space-between;
    margin-bottom: 8px;
  }
  .arrows {
    display: flex;
    gap: 4px;
    flex: none;
  }
  .arrow {
    width: 40px;
    padding: 0;
    border-radius: 50%;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr));
    gap: 16px 24px;
    align-items: start;
    padding: 4px 0 8px;
  }
  .fields > fieldset,
  .fields > details {
    grid-column: 1 / -1;
  }
  .field {
    display: grid;
    gap: 4px;
    min-width: 0;
  }
  .hint {
    font-size: 0.8125rem;
    max-width: 70ch;
    overflow-wrap: anywhere;
  }
  input,
  select {
    font: inherit;
    width: 100%;
    min-width: 0;
    min-height: 40px;
    padding: 6px 12px;
    border-radius: 8px;
    border: 1px solid var(--edge);
    background: var(--card-background);
    color: var(--text);
    /* The foot of the form stands over what lies at the edge. */
    scroll-margin: 96px;
  }
  input::placeholder {
    color: var(--text-quiet);
    opacity: 1;
  }
  [aria-invalid='true'] {
    border-color: var(--bad);
    border-width: 2px;
  }
  .secret {
    display: flex;
    gap: 8px;
  }
  .secret button {
    flex: none;
  }
  .wrong {
    color: var(--bad);
    font-size: 0.875rem;
    overflow-wrap: anywhere;
  }
  .section {
    border-top: 1px solid var(--divider);
    padding: 8px 0;
  }
  .sections {
    margin-top: 20px;
  }
  summary {
    cursor: pointer;
    padding: 8px 0;
    font-weight: 500;
    font-size: 0.9375rem;
    overflow-wrap: anywhere;
  }
  .singles {
    border-top: 1px solid var(--divider);
    padding-top: 16px;
  }
  .problems,
  .notes {
    display: grid;
    gap: 8px;
    margin-top: 12px;
  }
  .problems li,
  .note {
    display: flex;
    gap: 10px;
    padding: 10px 14px;
    border-radius: 8px;
    background: color-mix(in srgb, currentColor 10%, transparent);
    overflow-wrap: anywhere;
  }
  .problems li {
    color: var(--bad);
  }
  .problems li > span,
  .note > span {
    color: var(--text);
    min-width: 0;
    flex: 1;
  }
  .link {
    background: none;
    color: var(--accent-text);
    min-height: 0;
    padding: 0;
    border-radius: 0;
    text-decoration: underline;
  }
  .review {
    margin-top: 20px;
    border-top: 1px solid var(--divider);
    padding-top: 16px;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    margin-top: 8px;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    align-items: center;
    margin-top: 16px;
  }
  .foot {
    position: sticky;
    bottom: 0;
    background: var(--card-background);
    border-top: 1px solid var(--divider);
    padding: 12px 0;
    margin-bottom: -12px;
  }
  #change + p {
    margin-top: 8px;
  }
  .timer {
    font-size: 2.5rem;
    line-height: 1.2;
    font-variant-numeric: tabular-nums;
  }
`
