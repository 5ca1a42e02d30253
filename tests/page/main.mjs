/* main.mjs - all tests of the page, or those whose names hold the argument. */
import './files.mjs';
import './views.mjs';
import './answers.mjs';
import './hostile.mjs';
import './access.mjs';
import './real.mjs';
import './keys.mjs';
import { run } from './harness.mjs';

try {
    process.exit(await run(process.argv.slice(2).join(' ')) ? 0 : 1);
} catch (e) {
    console.log(`FAIL  the tests could not be run: ${e.stack}\npage: 0 passed, 1 failed`);
    process.exit(1);
}
