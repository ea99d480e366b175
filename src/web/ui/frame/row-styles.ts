/** A table of rows with roles, which can become blocks where there is little room. */
import { css } from 'lit'

export const rowStyles = css`
  [role='row'] {
    display: grid;
    gap: 4px 16px;
    padding: 10px 0;
    border-top: 1px solid var(--divider);
    align-items: start;
  }
  [role='row'].heads {
    border-top: 0;
    padding-top: 0;
    color: var(--text-quiet);
    font-size: 0.8125rem;
  }
  [role='row'] > * {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  [role='rowheader'] {
    font-weight: 500;
  }
  .label {
    display: none;
    color: var(--text-quiet);
    font-size: 0.8125rem;
  }
`
