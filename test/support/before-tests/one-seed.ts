import * as fc from 'fast-check'

// Before each test file: property tests try the same values in every run, so that a run says the same twice. `FAST_CHECK_SEED=7 pnpm test:unit` tries
// others; what that finds is mended, and becomes an example in a test.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedOf(process.env['FAST_CHECK_SEED']) })

function seedOf(given = '20260105'): number {
  const seed = Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`FAST_CHECK_SEED must be a whole number: ${given}`)
  return seed
}
