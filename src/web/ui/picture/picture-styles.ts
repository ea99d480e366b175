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
    width: 60px;
    height: 60px;
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
    display: grid;
    gap: 14px;
    min-width: 0;
  }
  .down .wans {
    padding: 0 20px;
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
`
