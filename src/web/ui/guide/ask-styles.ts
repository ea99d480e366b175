import { css } from 'lit'

export const askStyles = css`
  fieldset {
    border: 0;
    padding: 0;
    margin: 24px 0 0;
    min-width: 0;
    display: grid;
    gap: 8px;
    justify-items: start;
  }
  legend {
    padding: 0;
    margin-bottom: 8px;
    font-size: 0.9375rem;
    font-weight: 500;
  }
  .choice {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 10px;
    align-items: start;
    min-height: 28px;
    cursor: pointer;
  }
  .choice > span > .quiet {
    display: block;
  }
  input[type='checkbox'],
  input[type='radio'] {
    width: 20px;
    height: 20px;
    margin: 2px 0 0;
    accent-color: var(--accent-strong);
  }
  input[type='text'] {
    font: inherit;
    width: 100%;
    min-height: 40px;
    padding: 6px 12px;
    border-radius: 8px;
    border: 1px solid var(--edge);
    background: var(--card-background);
    color: var(--text);
  }
  fieldset > input[type='text'] {
    max-width: 420px;
  }
  strong {
    font-weight: 500;
  }
  .line-head {
    display: flex;
    gap: 12px;
    justify-content: space-between;
    align-items: start;
  }
  .arrows {
    display: flex;
    gap: 8px;
    flex: none;
  }
  .arrow {
    width: 40px;
    padding: 0;
    border-radius: 50%;
    font-size: 1.125rem;
  }
  .arrow[aria-disabled='true'] {
    opacity: 0.35;
    cursor: default;
  }
  .line-fields {
    display: grid;
    grid-template-columns: minmax(0, 260px) minmax(0, 1fr);
    gap: 12px 24px;
    align-items: end;
    margin: 10px 0 0 30px;
  }
  .unused .line-fields {
    display: none;
  }
  wan-picture,
  .end {
    margin-top: 16px;
  }
  @media (max-width: 599px) {
    .line-fields {
      grid-template-columns: minmax(0, 1fr);
      margin-left: 0;
    }
    wan-picture,
    .end {
      margin-top: 12px;
    }
  }
`
