/** Reads cases as JSON from a file or from standard input, writes the verdicts as JSON. */

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { run } from './runner.js';

const [, , path] = process.argv;
const file = JSON.parse(path === undefined ? await text(process.stdin) : await readFile(path, 'utf8'));
process.stdout.write(JSON.stringify(await run(file)));
