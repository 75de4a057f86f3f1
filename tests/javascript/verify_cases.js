/** Reads cases as JSON from standard input, writes the verdicts as JSON. */

import { text } from 'node:stream/consumers';
import { run } from './runner.js';

const file = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await run(file)));
