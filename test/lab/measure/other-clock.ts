/**
 * Loaded into the daemon beside its own modules: at a USR2 signal its wall clock jumps by as many
 * milliseconds as CLOCK_JUMP says, as the machine's does when somebody or NTP sets it.
 */
const jumpMs = Number(process.env['CLOCK_JUMP'])
if (Number.isFinite(jumpMs)) {
  const trueNow = Date.now
  process.once('SIGUSR2', () => {
    Date.now = () => trueNow() + jumpMs
  })
}
