import { checkUrls, type WebAnswer } from '../model/web-check.ts'
import { ForgeryWatch } from './forgery-watch.ts'
import { DnsAsker } from './methods/dns-asker.ts'
import { PinnedConnector } from './sockets/pinned-connector.ts'
import { WebChecker } from './web-checker.ts'

/** One real request to each of the two servers by a WAN, for a command that runs and ends. */
export async function checkWebOnce(
  wan: number,
  targets: readonly string[],
  httpUrl: string,
): Promise<ReadonlyMap<string, WebAnswer>> {
  const asker = new DnsAsker(new ForgeryWatch(() => {}))
  const connector = new PinnedConnector()
  const urls = checkUrls(httpUrl)
  try {
    const answers = await new WebChecker(asker, connector, urls).check(wan, targets)
    return new Map(answers.map((answer, i) => [new URL(urls[i] ?? httpUrl).host, answer]))
  } finally {
    asker.close()
    connector.close()
  }
}
