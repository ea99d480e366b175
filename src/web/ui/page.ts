/** The page's entry: it finds the user's language and colours, then shows the page. */
import { FailoverPage } from './failover-page.ts'
import { takeKey } from './live/command-key.ts'
import { Formats } from './texts/formats.ts'
import { chooseLanguage } from './texts/language.ts'
import { followTheme, parentDocument } from './theme.ts'

/** Home Assistant's own language comes before the browser's. */
function wantedLanguages(): readonly string[] {
  const parent = parentDocument()?.documentElement.lang ?? ''
  return parent === '' ? navigator.languages : [parent, ...navigator.languages]
}

takeKey()
// In a tab that shows the page already, the address with the key loads nothing anew.
addEventListener('hashchange', takeKey)
followTheme()
const { tag, texts } = chooseLanguage(wantedLanguages())
document.documentElement.lang = tag
document.title = texts.title
const page = new FailoverPage()
page.voice = { texts, formats: new Formats(tag) }
document.body.replaceChildren(page)
