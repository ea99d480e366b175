/** What changes in the options, field by field. */
import { css, html } from 'lit'
import type { ChangeView } from './changes.ts'

export const differenceStyles = css`
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 0.875rem;
    table-layout: fixed;
  }
  th,
  td {
    text-align: left;
    vertical-align: top;
    padding: 6px 12px 6px 0;
    border-bottom: 1px solid var(--divider);
    overflow-wrap: anywhere;
  }
  th {
    font-weight: 500;
  }
  td:first-child {
    font-family: ui-monospace, monospace;
  }
`

/** `heads` are those of its three columns. */
export function differenceTable(
  changes: readonly ChangeView[],
  heads: { readonly field: string; readonly before: string; readonly after: string },
) {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${heads.field}</th>
        <th scope="col">${heads.before}</th>
        <th scope="col">${heads.after}</th>
      </tr>
    </thead>
    <tbody>
      ${changes.map(
        ({ path, before, after }) =>
          html`<tr><td>${path}</td><td>${before}</td><td>${after}</td></tr>`,
      )}
    </tbody>
  </table>`
}
