/** Writes LICENCES.md anew; `licences.test.ts` says when. */
import { writeFileSync } from 'node:fs'
import { carriedPackages, licencesPage, licencesText } from './carried-packages.ts'

writeFileSync(licencesPage, licencesText(carriedPackages()))
