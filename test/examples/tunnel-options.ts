/** Two WANs and a tunnel that rides on them, as a user writes them; options may follow. */
export const tunnelOptions = `
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: secondary, gateway: 192.168.0.2 }
tunnels:
  - name: home_ip
    endpoint: "203.0.113.9:51820"
    peer_key: "zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M="
    address: [203.0.113.80/32]
`
