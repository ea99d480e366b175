/**
 * The colours of Home Assistant if the page is inside it, else light or dark as the system is. It
 * uses a value from the parent page only if that is a colour.
 */

/** Ours → the names of Home Assistant's theme variables; the first that is set counts. */
const borrowed: Readonly<Record<string, readonly string[]>> = {
  '--page-background': ['--primary-background-color'],
  '--card-background': ['--ha-card-background', '--card-background-color'],
  '--text': ['--primary-text-color'],
  '--text-quiet': ['--secondary-text-color'],
  '--divider': ['--ha-card-border-color', '--divider-color'],
  '--accent': ['--primary-color'],
}

/** An event on `window` after colours have changed: canvases don't notice by themselves. */
export const themeChanged = 'wan-failover-theme'

export function followTheme(): void {
  const parent = parentDocument()
  const apply = () => {
    applyTheme(parent)
    window.dispatchEvent(new Event(themeChanged))
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply)
  if (parent !== null) {
    // Home Assistant puts the user's theme into the style of its root element.
    const watched = { attributes: true, attributeFilter: ['style', 'class'] }
    new MutationObserver(apply).observe(parent.documentElement, watched)
  }
  apply()
}

/** The page around ours, if it has the same origin; else null. */
export function parentDocument(): Document | null {
  try {
    return window.parent === window ? null : window.parent.document
  } catch {
    // It has another origin: its document is not for us.
    return null
  }
}

function applyTheme(parent: Document | null): void {
  const root = document.documentElement
  const style = parent === null ? null : getComputedStyle(parent.documentElement)
  const found = new Map<string, string>()
  for (const [ours, theirs] of Object.entries(borrowed)) {
    const values = theirs.map((name) => style?.getPropertyValue(name).trim() ?? '')
    const value = values.find((one) => one !== '' && CSS.supports('color', one))
    if (value === undefined) root.style.removeProperty(ours)
    else {
      root.style.setProperty(ours, value)
      found.set(ours, value)
    }
  }
  const background = found.get('--card-background') ?? found.get('--page-background')
  const dark =
    background === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : isDark(background)
  root.dataset['theme'] = dark ? 'dark' : 'light'
}

/** By how bright eyes see the three colours (ITU-R BT.601). */
function isDark(color: string): boolean {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (context === null) return false
  context.fillStyle = color
  context.fillRect(0, 0, 1, 1)
  const [red = 255, green = 255, blue = 255] = context.getImageData(0, 0, 1, 1).data
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128
}
