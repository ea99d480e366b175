import { css } from 'lit'

export const wanCardStyles = css`
  .wan {
    --tone: var(--text-quiet);
    position: relative;
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    justify-content: space-between;
    align-items: center;
    padding: 14px 18px;
    border-radius: var(--radius);
    border: 1px solid var(--divider);
    background: var(--card-background);
    min-width: 0;
  }
  .wan.in-use {
    border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }
  .wan.in-use.down {
    border-color: var(--bad);
    box-shadow: 0 0 0 1px var(--bad);
  }
  .wan.up {
    --tone: var(--good);
  }
  .wan.degraded {
    --tone: var(--notice);
  }
  .wan.down {
    --tone: var(--bad);
  }
  .about {
    flex: 1 1 260px;
    min-width: 0;
    display: grid;
    gap: 4px;
  }
  .about h3 {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
    align-items: center;
    font-size: 1.0625rem;
  }
  .chip {
    font-size: 0.75rem;
    font-weight: 500;
    line-height: 1.25rem;
    padding: 0 9px;
    border-radius: 10px;
    background: var(--hover);
    color: var(--text-quiet);
  }
  .chip.used {
    background: var(--accent-strong);
    color: #fff;
  }
  .health {
    display: flex;
    gap: 8px;
  }
  .health .icon {
    color: var(--tone);
    margin-top: 2px;
  }
  .health strong {
    font-weight: 500;
  }
  .ipv6 {
    display: flex;
    flex-wrap: wrap;
    gap: 0 8px;
    align-items: center;
  }
  .ipv6 .icon {
    width: 16px;
    height: 16px;
  }
  .ipv6.degraded .icon {
    color: var(--notice);
  }
  .ipv6.down .icon {
    color: var(--bad);
  }
  .ipv6.up .icon {
    color: var(--good);
  }
  .ipv6,
  .reason,
  .place {
    overflow-wrap: anywhere;
  }
  .place {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(2, minmax(84px, auto));
    gap: 8px 20px;
    margin: 0;
  }
  .figures dt {
    line-height: 1.2;
  }
  .figures dd {
    margin: 0;
    font-size: 1.0625rem;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  @media (max-width: 599px) {
    .wan {
      padding: 12px 14px;
    }
    .figures {
      flex: 1 1 100%;
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      gap: 8px;
    }
    .figures dd {
      font-size: 0.875rem;
    }
    .figures dt {
      font-size: 0.75rem;
    }
  }
`
