// Reads one event in JSON from each line of standard input with the CloudEvents SDK in strict mode, which holds it
// against the standard's own JSON schema, and checks that the SDK writes the same event again. The schema leaves open
// what extension attributes are called and what they hold; the standard does not. Prints how many there were.
'use strict'

const { createInterface } = require('node:readline')
const { HTTP } = require('cloudevents')

const standard = new Set([
  'specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'dataschema', 'data', 'data_base64'
])

// Of an extension: its name is of lower-case letters and digits, and its value is no object, no list and no null; a
// text has no control characters.
function checkExtension (name, value) {
  if (!/^[a-z0-9]{1,20}$/.test(name)) throw new Error(`attribute ${name}: a name is 1 to 20 of a-z 0-9`)
  const isInteger = Number.isInteger(value) && Math.abs(value) <= 2 ** 31 - 1
  if (typeof value !== 'string' && typeof value !== 'boolean' && !isInteger) {
    throw new Error(`attribute ${name}: ${JSON.stringify(value)} is no string, boolean or 32-bit integer`)
  }
  if (typeof value === 'string' && /[\u0000-\u001f\u007f-\u009f]/.test(value)) {
    throw new Error(`attribute ${name}: ${JSON.stringify(value)} has a control character`)
  }
}

// Members in the order of their names, so that order does not count.
function sorted (value) {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.keys(value).sort().map(name => [name, sorted(value[name])]))
}

function check (line) {
  const given = JSON.parse(line)
  const headers = { 'content-type': 'application/cloudevents+json' }
  const event = HTTP.toEvent({ headers, body: line })
  event.validate()
  // The schema asks for a version, not for which.
  if (given.specversion !== '1.0') throw new Error(`specversion ${given.specversion} is not 1.0`)
  for (const name of Object.keys(given)) {
    if (!standard.has(name)) checkExtension(name, given[name])
  }
  const written = JSON.parse(HTTP.structured(event).body)
  // The SDK writes times with milliseconds.
  if (Date.parse(written.time) !== Date.parse(given.time)) throw new Error(`the time ${given.time} became ${written.time}`)
  written.time = given.time
  if (JSON.stringify(sorted(written)) !== JSON.stringify(sorted(given))) {
    throw new Error(`it is written again as ${JSON.stringify(written)}`)
  }
}

async function main () {
  let number = 0
  for await (const line of createInterface({ input: process.stdin })) {
    number += 1
    try {
      check(line)
    } catch (error) {
      console.error(`line ${number}: ${error.message} ${JSON.stringify(error.errors ?? '')}`)
      process.exit(1)
    }
  }
  console.log(number)
}

main()
