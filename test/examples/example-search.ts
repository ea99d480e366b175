import type { FoundLine, LineSearch } from '../../src/model/published/found-line.ts'

export const exampleLine: FoundLine = {
  id: 'eth0/192.168.0.1',
  interface: 'eth0',
  kind: 'router',
  gateway: '192.168.0.1',
  gateway6: null,
  mac: '02:00:00:00:00:01',
  maker: null,
  found_by: ['default_route', 'neighbour'],
  answered: [{ target: '1.1.1.1', method: 'icmp', latency_ms: 9.5 }],
  latency_ms: 9.5,
  public_ip: '198.51.100.7',
  public_ip6: null,
  same_as: null,
  wan: null,
  suggested: {
    name: 'primary',
    metered: false,
    gateway: '192.168.0.1',
    interface: 'eth0',
    gateway6: null,
  },
}

/** A search that has found one router. */
export const exampleSearch: LineSearch = {
  state: 'done',
  started: '2026-11-28T10:00:00.000Z',
  finished: '2026-11-28T10:00:05.000Z',
  lines: [exampleLine],
  notes: [],
}
