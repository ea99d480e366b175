/**
 * Imported before anything else by files that only wait for what comes: all that they start leaves
 * the processor to the files that hold a time against a bar.
 */
import { constants, setPriority } from 'node:os'

setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
