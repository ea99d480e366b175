/** Plays the seeds that it is sent, one after the other, and sends back what became of each. */
import { parentPort } from 'node:worker_threads'
import { playSeed, type Wish } from './play-seed.ts'

parentPort?.on('message', async (wish: Wish) => parentPort?.postMessage(await playSeed(wish)))
