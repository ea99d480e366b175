import { testPlans } from './test-plans.ts'

testPlans({ each: 4 })
