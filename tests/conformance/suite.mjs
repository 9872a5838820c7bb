// Lists the tests of the suite that concern a shared cache, as JSON: id, group, kind, name, what each depends on.

import tests from 'http-cache-tests/tests/index.mjs'
import surrogate from 'http-cache-tests/tests/surrogate-control.mjs'

const ours = [...tests, surrogate].flatMap(group =>
  group.tests
    .filter(test => test.browser_only !== true)
    .map(test => ({
      id: test.id,
      group: group.id,
      kind: test.kind ?? 'required',
      name: test.name,
      depends_on: test.depends_on ?? []
    }))
)

console.log(JSON.stringify(ours))
