/** The two pages that need no build. They have neither scripts nor styles. */

export const unbuiltPage = htmlOf(
  `<p>The daemon runs, but its page is not built. Run <code>script/build-page</code> in the
    project's folder, then load this again.</p>
    <p>What it knows is at <a href="api/state">api/state</a>.</p>`,
)

export function loginPage(wrong: boolean): string {
  return htmlOf(
    `${wrong ? '<p role="alert">This is not the token.</p>' : ''}
    <form method="post" action="login">
      <label>Token (<code>web.token</code> of the options):
        <input type="password" name="token" required autofocus autocomplete="current-password">
      </label>
      <button>Log in</button>
    </form>`,
  )
}

function htmlOf(content: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>WAN Failover</title>
  </head>
  <body>
    <h1>WAN Failover</h1>
    ${content}
  </body>
</html>
`
}
