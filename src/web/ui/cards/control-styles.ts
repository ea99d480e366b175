import { css } from 'lit'

export const controlStyles = css`
  .part {
    display: grid;
    gap: 8px;
    justify-items: start;
    padding: 14px 0;
    border-top: 1px solid var(--divider);
  }
  .head {
    margin-bottom: 12px;
  }
  .countdown {
    display: flex;
    align-items: baseline;
    gap: 10px;
  }
  [role='timer'] {
    font-size: 1.75rem;
    font-variant-numeric: tabular-nums;
  }
  progress {
    width: 100%;
    height: 6px;
    border: 0;
    border-radius: 3px;
    overflow: hidden;
    appearance: none;
    background: var(--hover);
  }
  progress::-webkit-progress-bar {
    background: var(--hover);
  }
  progress::-webkit-progress-value {
    background: var(--accent);
    transition: width 1s linear;
  }
  progress::-moz-progress-bar {
    background: var(--accent);
  }
  .message {
    overflow-wrap: anywhere;
  }
  dialog {
    border: 1px solid var(--divider);
    border-radius: 20px;
    padding: 24px;
    max-width: min(440px, calc(100vw - 32px));
    color: var(--text);
    background: var(--card-background);
    box-shadow: 0 12px 40px rgb(0 0 0 / 35%);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  dialog h3 {
    font-size: 1.25rem;
    font-weight: 400;
    margin-bottom: 12px;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    justify-content: flex-end;
    margin-top: 24px;
  }
`
