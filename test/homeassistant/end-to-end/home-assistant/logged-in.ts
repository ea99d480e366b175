import type { BrowserContextOptions } from 'playwright-core'
import type { HomeAssistant } from './home-assistant.ts'

/** As if the user had logged in before; a long-lived token needs no refreshing. */
export function loggedIn({
  url,
  token,
}: HomeAssistant): Exclude<BrowserContextOptions['storageState'], string | undefined> {
  const tokens = {
    hassUrl: url,
    clientId: `${url}/`,
    access_token: token,
    refresh_token: '',
    token_type: 'Bearer',
    expires_in: 86_400,
    expires: Date.now() + 86_400_000,
  }
  const localStorage = [
    { name: 'hassTokens', value: JSON.stringify(tokens) },
    { name: 'selectedLanguage', value: '"en"' },
  ]
  return { cookies: [], origins: [{ origin: url, localStorage }] }
}
