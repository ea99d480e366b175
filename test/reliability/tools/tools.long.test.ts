import '../../lab/enter-namespace.ts'
import { testTroubles } from './test-troubles.ts'

testTroubles([
  { tool: 'nft', ailment: 'error', happening: 'start', running: 'die' },
  { tool: 'ip', ailment: 'hang', happening: 'deletion', running: 'stop' },
  { tool: 'ip', ailment: 'silent', happening: 'start', running: 'die' },
  { tool: 'nft', ailment: 'missing', happening: 'deletion', running: 'die' },
  { tool: 'ip', ailment: 'silent', happening: 'nothing', running: 'die' },
  { tool: 'nft', ailment: 'rubbish', happening: 'silence', running: 'stay' },
  // What it left running would be deaf in the next one.
  { tool: 'nft', ailment: 'endless', happening: 'deletion', running: 'die' },
  { tool: 'ip', ailment: 'torn', happening: 'deletion', running: 'stop' },
  // A table that nft makes and can't list is no deletion by others, of which only ten are forgiven.
  { tool: 'nft', ailment: 'torn', happening: 'deletion', running: 'die' },
  { tool: 'nft', ailment: 'other', happening: 'deletion', running: 'stay' },
])
