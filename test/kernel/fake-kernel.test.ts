import { families } from '../../src/model/address.ts'
import { kernelContract } from '../contract/kernel.ts'
import { FakeKernel } from '../fakes/fake-kernel.ts'

kernelContract('the fake', async () => {
  const kernel = new FakeKernel()
  kernel.addLink('one')
  kernel.addLink('two')
  kernel.addAddress('one', '192.168.1.3/24')
  kernel.addAddress('one', '2001:db8:1::3/64')
  kernel.addAddress('two', '192.168.2.3/24')
  return {
    kernel,
    setLinkUp: (link, up) => kernel.setLinkUp(link, up),
    addAddress: (link, address) => kernel.addAddress(link, address),
    removeAddress: (link, address) => kernel.removeAddress(link, address),
    addRoute: (route) => kernel.addRoute(route),
    addRule: (rule) => kernel.addRule(rule),
    removeRule: ({ priority }) => kernel.removeRules((rule) => rule.priority === priority),
    removeNft: () => kernel.removeNft(),
    setDockerUser: (rules) =>
      kernel.changeDocker((docker) => {
        docker.chains.clear()
        for (const family of families) {
          if (rules?.[family] !== undefined) docker.chains.set(family, rules[family])
        }
        docker.drops = [...docker.chains.keys()]
        docker.clientLinks = ['one', 'two']
      }),
    dockerUser: (family) => kernel.dockerUser.chains.get(family) ?? [],
    setNeighbour: (address, link, state) => kernel.setNeighbour(address, link, state),
    close: () => kernel.close(),
  }
})
