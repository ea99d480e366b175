/** As whom the daemon stands in the table of peers. */
export const daemonName = 'WAN Failover, default options'
export const quickDaemonName = 'WAN Failover, `interval: 0.2`'
