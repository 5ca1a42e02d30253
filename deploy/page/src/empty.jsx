/* empty.jsx - nothing is stored yet: what to do next, with this very address. */
import { has_key } from './api.js';
import { Command } from './parts.jsx';

/* This page's address as a word of a shell, with more after it. */
function address(more = '') {
    const url = (location.origin + location.pathname.replace(/[^/]*$/, '')).replace(/\/$/, '') + more;
    return /^[\w:/.[\]-]+$/.test(url) ? url : `'${url.replace(/'/g, '%27')}'`;
}

export function Empty() {
    const url = address();
    /* At the root it is what deploy/run started, from the project's folder; below a prefix
     * it is an installed one. */
    const tool = location.pathname.lastIndexOf('/') > 0 ? 'loganalyzer' : 'build/loganalyzer';
    const records = [
        ['ERROR', 'authentication failed login for user admin'], ['WARN', 'cache miss'], ['ERROR', 'invalid password'],
    ].map(([level, message]) => JSON.stringify({
        timestamp: new Date().toISOString(), service: level === 'WARN' ? 'web' : 'auth', level, message,
    }));
    return (
        <section class="empty" aria-labelledby="empty-heading">
            <h2 id="empty-heading">What next?</h2>
            <p>As soon as the first records are stored they show here, by themselves.</p>
            <h3>Look at a made-up week first</h3>
            <p>A small host’s logs with 25 faults in them. What is posted is learned, so give it a store of its own.</p>
            <Command label="a made-up week">{`${tool} demo --url ${url}`}</Command>
            <h3>Your own logs, once</h3>
            <Command label="import log files">{`${tool} import --url ${url} /var/log/dpkg.log /var/log/apt/history.log`}</Command>
            <h3>Your own logs, from now on</h3>
            <Command label="follow log files">{`${tool} send --url ${url} -f /var/log/auth.log`}</Command>
            <h3>Three records, by hand</h3>
            <Command label="post three records">{`curl -s ${has_key() ? '-H "Authorization: Bearer $API_KEY" ' : ''}${address('/ingest')} -d '[${records.join(',\n ')}]'`}</Command>
            {has_key() && (
                <p class="hint">All of them take a key with the scope ingest from <code>API_KEY</code>, in the environment or, but for curl, in <code>.env</code>.</p>
            )}
            <p class="hint">
                <code>build/loganalyzer</code> is the tool in the project’s folder; where it is installed, it is called{' '}
                <code>loganalyzer</code>.
            </p>
        </section>
    );
}
