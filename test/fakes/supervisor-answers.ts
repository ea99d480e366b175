/**
 * The bodies that the real Supervisor answers with (its `api/services.py`, `api/apps.py`,
 * `api/network.py`, `api/host.py`), on a small machine with one network card and Wi-Fi.
 */

export const mqttService = {
  addon: 'core_mosquitto',
  host: 'core-mosquitto',
  port: 1883,
  ssl: false,
  username: 'addons',
  password: 'secret-5127',
  protocol: '3.1.1',
}

export const selfInfo = {
  name: 'WAN Failover',
  slug: 'a0d7b954_wan_failover',
  hostname: 'a0d7b954-wan-failover',
  version: '0.1.0',
  version_latest: '0.1.0',
  update_available: false,
  host_network: true,
  homeassistant_api: true,
  ingress: true,
  ingress_entry: '/api/hassio_ingress/Gf8hYr2mNw0',
  ingress_url: '/api/hassio_ingress/Gf8hYr2mNw0/',
  ingress_port: 62_837,
  ingress_panel: null,
  ip_address: '172.30.32.1',
  state: 'started',
  options: { wans: [] },
}

export const ethernet = {
  interface: 'end0',
  type: 'ethernet',
  enabled: true,
  connected: true,
  primary: true,
  mac: 'D8:3A:DD:00:00:01',
  ipv4: {
    method: 'auto',
    address: ['192.168.0.10/24'],
    nameservers: ['192.168.0.1'],
    gateway: '192.168.0.1',
    ready: true,
  },
  ipv6: {
    method: 'auto',
    addr_gen_mode: 'stable-privacy',
    ip6_privacy: 'default',
    address: ['fe80::da3a:ddff:fe00:1/64', '2001:db8:1::10/64'],
    nameservers: [],
    gateway: 'fe80::1',
    ready: true,
  },
  wifi: null,
  vlan: null,
}

const wireless = {
  interface: 'wlan0',
  type: 'wireless',
  enabled: false,
  connected: false,
  primary: false,
  mac: 'D8:3A:DD:00:00:02',
  ipv4: { method: 'disabled', address: [], nameservers: [], gateway: null, ready: false },
  ipv6: null,
  wifi: null,
  vlan: null,
}

export const networkInfo = {
  interfaces: [ethernet, wireless],
  docker: {
    interface: 'hassio',
    address: '172.30.32.0/23',
    gateway: '172.30.32.1',
    dns: '172.30.32.3',
  },
  host_internet: true,
  supervisor_internet: true,
}

/** Its `api/dns.py`. */
export const dnsInfo = {
  version: '2026.10.0',
  version_latest: '2026.10.0',
  update_available: false,
  host: '172.30.32.3',
  servers: [],
  locals: ['dns://192.168.0.1'],
  mdns: true,
  llmnr: true,
  fallback: true,
}

export const hostInfo = {
  agent_version: '1.7.2',
  apparmor_version: '4.1.0',
  chassis: 'embedded',
  virtualization: '',
  cpe: 'cpe:2.3:o:home-assistant:haos:18.1:*:production:*:*:*:rpi4-64:*',
  deployment: 'production',
  disk_free: 20.4,
  disk_total: 28.5,
  disk_used: 7.9,
  disk_life_time: null,
  features: ['reboot', 'shutdown', 'services', 'network', 'hostname', 'os_agent', 'haos'],
  hostname: 'homeassistant',
  llmnr_hostname: 'homeassistant4',
  kernel: '6.18.3-haos',
  operating_system: 'Home Assistant OS 18.1',
  timezone: 'Europe/Berlin',
  dt_utc: '2026-11-21T10:00:00.000000+00:00',
  dt_synchronized: true,
  use_ntp: true,
  startup_time: 14.6,
  boot_timestamp: 1_795_000_000_000_000,
  broadcast_llmnr: true,
  broadcast_mdns: true,
}
