import { css } from 'lit'

/** Across: three columns with the lines between them. Down: rails beside the cards. */
export const pictureStyles = css`
  .picture {
    position: relative;
    display: grid;
    align-items: center;
  }
  .picture.across {
    grid-template-columns: 72px minmax(0, 720px) 72px;
    justify-content: space-between;
    column-gap: 72px;
  }
  .picture.down {
    gap: 16px;
  }
  .lines {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    overflow: visible;
    pointer-events: none;
  }
  .end {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 6px;
    font-size: 0.875rem;
    font-weight: 500;
    position: relative;
  }
  .down .end {
    gap: 4px;
  }
  .disc {
    display: grid;
    place-items: center;
    width: 60px;
    height: 60px;
    border-radius: 50%;
    font-size: 1.5rem;
    background: var(--page-background);
    border: 1px solid var(--edge);
    color: var(--text-quiet);
  }
  .house .disc,
  .internet.reached .disc {
    color: var(--accent-text);
    border-color: var(--accent);
  }
  .down .internet {
    flex-direction: column-reverse;
  }
  .wans {
    list-style: none;
    margin: 0;
    padding: 0;
    display: grid;
    gap: 14px;
    min-width: 0;
  }
  .down .wans {
    padding: 0 20px;
  }
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
  .line {
    fill: none;
    stroke: var(--edge);
    stroke-width: 2;
  }
  .line.degraded {
    stroke: var(--notice);
  }
  .line.broken {
    stroke: var(--bad);
    stroke-dasharray: 5 5;
  }
  .line.in-use {
    stroke: var(--accent);
    stroke-width: 4;
  }
  .line.in-use.degraded {
    stroke: var(--notice);
  }
  .line.in-use.broken {
    stroke: var(--bad);
    stroke-width: 3;
  }
  .break {
    fill: var(--card-background);
  }
  .cross {
    fill: none;
    stroke: var(--bad);
    stroke-width: 2.5;
    stroke-linecap: round;
  }
  .flow {
    fill: none;
    stroke: var(--card-background);
    stroke-width: 2;
    stroke-linecap: round;
    stroke-dasharray: 0.1 22;
    animation: flow 2.4s linear infinite;
    animation-play-state: var(--flow, running);
  }
  @keyframes flow {
    to {
      stroke-dashoffset: -44.2;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .flow {
      display: none;
    }
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
