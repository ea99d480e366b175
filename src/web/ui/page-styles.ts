import { css } from 'lit'

export const pageStyles = css`
  :host {
    display: block;
    max-width: 1240px;
    margin: 0 auto;
    padding: 0 24px 40px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    justify-content: space-between;
    min-height: 64px;
    padding: 8px 0;
  }
  h1 {
    font-size: 1.25rem;
    font-weight: 400;
    margin: 0;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  /* An old picture looks old, and nothing flows in it. */
  main.stale {
    --flow: paused;
    filter: grayscale(0.75);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1.75fr) minmax(0, 1fr);
    gap: 16px;
    align-items: start;
  }
  /* In a single column the narrow cards come first: the present before the past. */
  .narrow {
    grid-column: 2;
    grid-row: 1;
  }
  .wide {
    grid-column: 1;
    grid-row: 1;
  }
  .stack {
    display: grid;
    gap: 16px;
    min-width: 0;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
  }
  .connection {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    font-size: 0.875rem;
    color: var(--text-quiet);
  }
  .connection i {
    width: 10px;
    height: 10px;
    flex: none;
    border-radius: 50%;
    border: 2px solid var(--text-quiet);
  }
  .connection.live i {
    background: var(--good);
    border-color: var(--good);
  }
  .connection.lost {
    color: var(--bad);
    font-weight: 500;
  }
  .connection.lost i {
    border-radius: 0;
    border-color: var(--bad);
  }
  .waiting {
    padding: 20vh 0;
    text-align: center;
    color: var(--text-quiet);
  }
  @media (max-width: 899px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .narrow,
    .wide {
      grid-column: 1;
      grid-row: auto;
    }
  }
  @media (max-width: 599px) {
    :host {
      padding: 0 12px 24px;
    }
    main,
    .columns,
    .stack {
      gap: 12px;
    }
    header {
      min-height: 52px;
    }
  }
`
