/** What tunnels must be to the WANs that they ride on, and to their own invitation. */
import { familyOf } from '../../model/address.ts'
import { maxWans } from '../../model/marks.ts'
import { tunnelLink } from '../../model/settings/tunnel-settings.ts'
import { endpointText } from '../../model/tunnel/endpoint.ts'
import type { Invitation } from '../../model/tunnel/invitation.ts'
import { describeFound, formatPath, type Problem } from '../problem.ts'
import { inWords } from '../schema/option.ts'
import { suggestion } from '../suggestion.ts'
import { type Draft, isRefused, type TunnelDraft } from './draft.ts'
import { checkL2tp, checkNotL2tp } from './l2tp-checks.ts'
import { checkTwice } from './policy-checks.ts'

export function checkTunnels(draft: Draft): Problem[] {
  const tunnels = draft.tunnels ?? []
  const problems = tunnels.flatMap((tunnel, index) =>
    tunnel === undefined
      ? []
      : [
          ...checkName(tunnel, index, draft),
          ...checkOver(tunnel, index, draft),
          ...checkKind(tunnel, index, draft),
        ],
  )
  return [...checkNumber(draft), ...problems, ...checkForwards(draft)]
}

function checkKind(tunnel: TunnelDraft, index: number, draft: Draft): Problem[] {
  if (tunnel.kind === 'l2tp') return checkL2tp(tunnel, index)
  return [
    ...checkMissing(tunnel, index),
    ...checkContradictions(tunnel, index),
    ...checkAddress(tunnel, index),
    ...checkBoth(tunnel, index, draft),
    ...checkNotL2tp(tunnel, index),
  ]
}

function checkForwards({ forwards = [], tunnels = [] }: Draft): Problem[] {
  const names = tunnels.map((tunnel) => tunnel?.name)
  const known = names.filter((name) => name !== undefined)
  return forwards.flatMap((forward, index) => {
    const { tunnel, protocol, port, to } = forward ?? {}
    const problems: Problem[] = []
    const used = tunnels.find((one) => one?.name !== undefined && one.name === tunnel)
    if (to !== undefined && familyOf(to) === 'ipv6' && used !== undefined && hasNoIpv6(used)) {
      problems.push({
        path: formatPath(['forwards', index, 'to']),
        found: describeFound(to, []),
        expected: `an IPv4 address: the tunnel ${tunnel} brings no IPv6 address or prefix`,
      })
    }
    if (tunnel !== undefined && !names.includes(tunnel) && !names.includes(undefined)) {
      const path = formatPath(['forwards', index, 'tunnel'])
      const near = suggestion(tunnel, known)
      const hint = near === null ? '' : `; did you mean ${near}?`
      const expected =
        known.length === 0
          ? 'no forward, since there are no tunnels'
          : `the name of a tunnel (${inWords(known)})${hint}`
      problems.push({ path, found: describeFound(tunnel, []), expected })
    }
    if (protocol === 'any' && port !== undefined) {
      const path = formatPath(['forwards', index, 'port'])
      problems.push({
        path,
        found: 'a port with protocol any',
        expected: 'protocol: tcp or udp, or no port',
      })
    }
    return problems
  })
}

/** What was refused may have been one. */
function hasNoIpv6(tunnel: TunnelDraft): boolean {
  if (isRefused(tunnel, 'address') || isRefused(tunnel, 'invitation')) return false
  const given = tunnel.invitation?.address ?? tunnel.address ?? []
  return given.every((one) => one !== undefined && familyOf(one) === 'ipv4')
}

function checkNumber({ wans = [], tunnels = [] }: Draft): Problem[] {
  if (tunnels.length === 0 || wans.length > maxWans) return []
  const found = `${wans.length} WANs and ${tunnels.length} tunnels`
  if (wans.length + tunnels.length > maxWans) {
    return [{ path: 'tunnels', found, expected: `at most ${maxWans} of both together` }]
  }
  if (wans.length > 0) return []
  return [{ path: 'tunnels', found, expected: 'a WAN that the tunnel can ride on' }]
}

function checkName({ name }: TunnelDraft, index: number, draft: Draft): Problem[] {
  if (name === undefined) return []
  const path = formatPath(['tunnels', index, 'name'])
  const found = describeFound(name, [])
  const wan = draft.wans?.findIndex((one) => one?.name === name) ?? -1
  if (wan >= 0) return [{ path, found, expected: `another name: wans[${wan}] has this one` }]
  const before = draft.tunnels?.slice(0, index) ?? []
  const same = before.findIndex((one) => one?.name === name)
  if (same >= 0) return [{ path, found, expected: `another name: tunnels[${same}] has this one` }]
  const alike = before.findIndex(
    (one) => one?.name !== undefined && tunnelLink(one.name) === tunnelLink(name),
  )
  if (alike < 0) return []
  const expected = `a name whose first 12 letters differ from those of tunnels[${alike}]`
  return [{ path, found, expected }]
}

/** No tunnel rides on a tunnel: so none can ride on itself, in whatever circle. */
function checkOver({ over }: TunnelDraft, index: number, draft: Draft): Problem[] {
  const path = ['tunnels', index, 'over']
  const lines = (draft.wans ?? []).map((wan) => wan?.name)
  const tunnels = (draft.tunnels ?? []).map((tunnel) => tunnel?.name)
  const known = lines.filter((name) => name !== undefined)
  const wrong = (over ?? []).flatMap((name, place) => {
    if (name === undefined || lines.includes(name) || lines.includes(undefined)) return []
    const near = suggestion(name, known)
    const hint = near === null ? '' : `; did you mean ${near}?`
    const expected = tunnels.includes(name)
      ? `a WAN that is no tunnel (${inWords(known)}): a tunnel on tunnels could ride on itself`
      : `the name of a WAN (${inWords(known)})${hint}`
    return [{ path: formatPath([...path, place]), found: describeFound(name, []), expected }]
  })
  return [...checkTwice(over, path), ...wrong]
}

/** What an invitation brings has to be given without one. */
function checkMissing(tunnel: TunnelDraft, index: number): Problem[] {
  if (tunnel.invitation !== undefined || isRefused(tunnel, 'invitation')) return []
  const wanted = {
    endpoint: 'the server like vpn.example.org:51820, or an invitation',
    peer_key: "the server's public key, or an invitation",
  } as const
  const missing = (['endpoint', 'peer_key'] as const).filter(
    (key) => tunnel[key] === undefined && !isRefused(tunnel, key),
  )
  return missing.map((key) => ({
    path: formatPath(['tunnels', index, key]),
    found: 'nothing',
    expected: wanted[key],
  }))
}

function checkContradictions(tunnel: TunnelDraft, index: number): Problem[] {
  const { invitation, endpoint, peer_key: peerKey, private_key: privateKey, address } = tunnel
  if (invitation === undefined) return []
  const differ: Readonly<Record<string, boolean>> = {
    endpoint:
      endpoint !== undefined && endpointText(endpoint) !== endpointText(invitation.endpoint),
    peer_key: peerKey !== undefined && peerKey !== invitation.peerKey,
    private_key: privateKey !== undefined && privateKey !== invitation.privateKey,
    inside: tunnel.inside !== undefined && tunnel.inside !== invitation.inside,
    address: address !== undefined && address.length > 0 && !isSame(address, invitation),
  }
  return Object.entries(differ).flatMap(([key, isOther]) =>
    isOther
      ? [
          {
            path: formatPath(['tunnels', index, key]),
            found: 'another one than in the invitation',
            expected: 'the same, or nothing: the invitation brings it',
          },
        ]
      : [],
  )
}

function isSame(address: readonly (string | undefined)[], invitation: Invitation): boolean {
  return JSON.stringify(address.toSorted()) === JSON.stringify(invitation.address.toSorted())
}

/** Two lines at once, which cost no money by the byte unless the user says so. */
function checkBoth(tunnel: TunnelDraft, index: number, { wans = [] }: Draft): Problem[] {
  if (tunnel.mode !== 'both' || isRefused(tunnel, 'over')) return []
  const over = tunnel.over ?? []
  const lines = wans.filter((wan) => over.length === 0 || over.includes(wan?.name))
  const meant = lines.filter((wan) => wan?.metered !== true || tunnel.both_metered === true)
  const problems: Problem[] = []
  const path = formatPath(['tunnels', index, 'mode'])
  if (meant.length < 2) {
    const expected =
      lines.length < 2
        ? 'roaming, or two lines in over'
        : 'roaming, two lines that are not metered, or both_metered: true'
    problems.push({
      path,
      found: `both over ${inWords(meant.flatMap((wan) => wan?.name ?? [])) || 'no line'}`,
      expected,
    })
  }
  const { host } = tunnel.invitation?.endpoint ?? tunnel.endpoint ?? { host: '' }
  if (host.includes(':')) {
    const expected = 'roaming, or a server with an IPv4 address: packets are copied over IPv4 only'
    problems.push({ path, found: `both to ${host}`, expected })
  }
  const isKnown = tunnel.inside !== undefined || tunnel.invitation !== undefined
  if (!isKnown && !isRefused(tunnel, 'inside') && !isRefused(tunnel, 'invitation')) {
    const expected = "the server's address inside, like 10.99.0.1, or an invitation"
    problems.push({ path: formatPath(['tunnels', index, 'inside']), found: 'nothing', expected })
  }
  return problems
}

function checkAddress(tunnel: TunnelDraft, index: number): Problem[] {
  if (isRefused(tunnel, 'address') || isRefused(tunnel, 'invitation')) return []
  const given = tunnel.invitation?.address ?? tunnel.address ?? []
  const sound = given.filter((one) => one !== undefined)
  const path = ['tunnels', index, 'address']
  if (sound.length < given.length) return []
  const twice = tunnel.invitation === undefined ? checkTwice(tunnel.address, path) : []
  if (sound.some((one) => familyOf(one) === 'ipv4')) return twice
  const found = sound.length === 0 ? 'nothing' : 'IPv6 addresses only'
  return [{ path: formatPath(path), found, expected: 'an IPv4 address like 203.0.113.80/32' }]
}
