import { css } from 'lit'
import { hidden } from '../frame/card-styles.ts'

export const deviceListStyles = css`
  :host {
    container-type: inline-size;
    margin-top: 16px;
  }
  h3 {
    margin-top: 20px;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 12px;
    margin-top: 16px;
  }
  .note {
    display: flex;
    gap: 10px;
    margin-top: 12px;
    padding: 10px 14px;
    border-radius: 8px;
    background: color-mix(in srgb, currentColor 10%, transparent);
    overflow-wrap: anywhere;
  }
  .note span {
    color: var(--text);
    min-width: 0;
  }
  [role='table'] {
    margin-top: 12px;
  }
  [role='row'] {
    grid-template-columns: 1.7fr 1.3fr 1fr 1.4fr 1fr;
  }
  .past [role='row'] {
    grid-template-columns: 1.7fr 1.3fr 1.4fr;
  }
  [role='row'].heads {
    padding: 0 0 6px;
  }
  .details {
    display: block;
    font-weight: 400;
  }
  .amount {
    display: flex;
    gap: 8px;
    justify-content: space-between;
    max-width: 180px;
    font-variant-numeric: tabular-nums;
  }
  select {
    font: inherit;
    font-size: 0.9375rem;
    width: 100%;
    min-height: 40px;
    padding: 6px 8px;
    color: var(--text);
    background: var(--page-background);
    border: 1px solid var(--edge);
    border-radius: 8px;
  }
  select[disabled] {
    color: var(--text-quiet);
  }
  @container (max-width: 640px) {
    [role='row'],
    .past [role='row'] {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      padding: 14px 0;
    }
    [role='row'].heads {
      ${hidden}
    }
    [role='rowheader'],
    .policy {
      grid-column: 1 / -1;
    }
    .label {
      display: block;
    }
  }
`
