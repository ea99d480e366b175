/** Icons with different shapes: a shape shows the state, never colour alone. */
import { html, svg, type TemplateResult } from 'lit'

const disc = 'M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z'

const shapes = {
  check: `${disc}M10.6 16.8 6.2 12.4l1.6-1.6 2.8 2.8 5.6-5.6 1.6 1.6z`,
  warning: 'M12 2.6 22.8 21H1.2zM11 9v6h2V9zM11 16.4v2.1h2v-2.1z',
  cross:
    'M8 2h8l6 6v8l-6 6H8l-6-6V8zM7.6 9.2l2.8 2.8-2.8 2.8 1.6 1.6 2.8-2.8 2.8 2.8 1.6-1.6' +
    '-2.8-2.8 2.8-2.8-1.6-1.6-2.8 2.8-2.8-2.8z',
  dots: `${disc}M6.5 10.8v2.4h2.4v-2.4zM10.8 10.8v2.4h2.4v-2.4zM15.1 10.8v2.4h2.4v-2.4z`,
  dash: `${disc}M7 10.9h10v2.2H7z`,
  house:
    'M12 3 2.2 11.4l1.3 1.5L5 11.6V20a1 1 0 0 0 1 1h4.5v-6h3v6H18a1 1 0 0 0 1-1v-8.4l1.5 1.3 ' +
    '1.3-1.5z',
  globe:
    `${disc}M4.1 11h3.4c.1-1.9.5-3.6 1-4.9A8 8 0 0 0 4.1 11zM4.1 13a8 8 0 0 0 4.4 4.9c-.5-1.3` +
    '-.9-3-1-4.9zM9.5 11h5c-.3-4-1.6-6.6-2.5-6.9-.9.3-2.2 2.9-2.5 6.9zM9.5 13c.3 4 1.6 6.6 2.5 ' +
    '6.9.9-.3 2.2-2.9 2.5-6.9zM16.5 11h3.4a8 8 0 0 0-4.4-4.9c.5 1.3.9 3 1 4.9zM16.5 13c-.1 1.9' +
    '-.5 3.6-1 4.9a8 8 0 0 0 4.4-4.9z',
  eye:
    'M12 5C6.5 5 2.7 9.3 1.5 12c1.2 2.7 5 7 10.5 7s9.3-4.3 10.5-7C21.3 9.3 17.5 5 12 5zM12 16.5' +
    'a4.5 4.5 0 1 1 0-9a4.5 4.5 0 0 1 0 9zM12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5z',
  swap:
    'M7 7h9.2l-2.6-2.6L15 3l5 5-5 5-1.4-1.4L16.2 9H7zM17 17H7.8l2.6 2.6L9 21l-5-5 5-5 1.4 1.4' +
    'L7.8 15H17z',
  back: 'M10 4 3.5 10.5 10 17v-4.5h5a3 3 0 0 1 0 6h-4v2h4a5 5 0 0 0 0-10h-5z',
  stopwatch:
    'M9 1.5h6v2H9zM12 5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17zM12 7a6.5 6.5 0 1 1 0 ' +
    '13a6.5 6.5 0 0 1 0-13zM11 9v5h2V9z',
} as const

export type IconName = keyof typeof shapes

/** Hidden from screen readers: there is always a text beside it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${svg`<path fill="currentColor" fill-rule="evenodd" d=${shapes[name]}></path>`}
  </svg>`
}
