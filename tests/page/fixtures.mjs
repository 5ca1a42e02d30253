/* fixtures.mjs - incidents and records for the mock, and hostile texts. */
import { Mock } from './mock.mjs';

const HOUR = 3600e3;

export function time(ms_ago) {
    return new Date(Date.now() - ms_ago).toISOString();
}

export function incident(id, more = {}) {
    return {
        id, detected_at: time(HOUR), service: 'auth', severity: 0.97, summary: `auth: ${id} failed logins in 40 records, usual 0 to 1`,
        features: { count: 40, warn_count: 0, error_count: 12, failed_login_count: id, services: ['auth'], reasons: [] },
        reasons: [{ text: `${id} failed logins in 40 records, usual 0 to 1`, channel: 'failed_logins', observed: id, expected: 0.11, of: 40, usual_max: 1, p: 0.00002, bits: 15.6, records_total: id }],
        log_ids: [], count: 1, first_seen: time(HOUR), last_seen: time(HOUR / 2),
        status: 'open', muted_until: null, note: null, regressions: 0, verdict: null, changed_at: null, ...more,
    };
}

export function record(id, message, more = {}) {
    return { id, timestamp: time(HOUR - id * 1000), service: 'auth', level: 'ERROR', message, metadata: null, pointed: false, message_bytes: Buffer.byteLength(message), ...more };
}

/* Services with a record in each bucket; the odd ones are above the threshold once. */
export function services(names, { newest = time(3000), odd = [] } = {}) {
    return {
        newest,
        list_of(from, to, seconds) {
            const last = Date.parse(newest), n = Math.ceil((to - from) / 1000 / seconds);
            const list = names.map((service) => ({
                service, last_seen: newest, highest: odd.includes(service) ? 0.9991 : 0.2,
                buckets: Array.from({ length: n }, (_, i) => [i, 10 + (i % 7), odd.includes(service) && i === 5 ? 0.9991 : 0.2])
                    .filter(([i]) => from + i * seconds * 1000 <= last),
            })).map((s) => ({ ...s, records: s.buckets.reduce((sum, [, r]) => sum + r, 0) }));
            return last < from ? { services: [], services_total: 0 } : { services: list, services_total: list.length };
        },
    };
}

/* One incident with all that an incident can have. */
export const TEMPLATE = 'pam_unix(*): account <*> has expired';
export function full(mock, id = 7, more = {}) {
    mock.incidents.push(incident(id, {
        summary: `new in auth: '${TEMPLATE}'`, count: 3,
        reasons: [
            { text: `new in auth: '${TEMPLATE}'`, channel: 'new_template', observed: 1, expected: 0.0002, of: 40, p: 0.00002, bits: 15.6, template_id: 't1', template: TEMPLATE, records_total: 2 },
            { text: '12 errors in 40 records, usual 0 to 1', channel: 'error_share', observed: 12, expected: 0.25, of: 40, usual_max: 1, p: 3e-17, bits: 54, value: 'root', records_total: 12 },
        ],
        templates: [{ id: 't1', text: TEMPLATE }, { id: 't2', text: 'session * closed' }, { id: 't3', text: null }], templates_total: 3,
        ...more,
    }));
    mock.details.set(id, {
        occurrences: [{ at: time(HOUR), count: 1, severity: 0.85 }, { at: time(HOUR / 2), count: 2, severity: 0.97 }], bucket_seconds: 60,
        records: [
            record(1, 'session opened for user backup', { level: 'INFO' }),
            record(2, 'pam_unix(sshd:account): account guest has expired', { pointed: true, metadata: '{"host":"web1","pid":17}' }),
            record(3, 'session closed for user backup', { level: 'INFO' }),
            record(40, 'session opened for user www', { level: 'INFO', gap_before: true }),
            record(41, 'pam_unix(cron:account): account guest has expired', { pointed: true }),
        ],
        records_total: 2,
        history: [{ at: time(HOUR), event: 'opened', note: null }, { at: time(HOUR / 3), event: 'worse', note: null }],
        choices: [
            { scope: 'template', template_id: 't1', template: TEMPLATE, service: 'auth', value: null, label: `messages like "${TEMPLATE}" in auth` },
            { scope: 'value', template_id: null, template: null, service: 'auth', value: 'root', label: 'the value "root" in auth' },
            { scope: 'service', template_id: null, template: null, service: 'auth', value: null, label: 'everything unusual of auth' },
        ],
    });
    return mock.incidents.at(-1);
}

/* The choices of an incident of n kinds of messages: each of them, and its service. */
export function kinds(n) {
    const kind = (i) => `backup ${'abcdefgh'[i]} of * failed${' for a long reason'.repeat(i % 2 * 5)}`;
    return [
        ...Array.from({ length: n }, (_, i) => ({ scope: 'template', template_id: `k${i + 1}`, template: kind(i), service: 'backup', value: null, label: `messages like "${kind(i)}" in backup` })),
        { scope: 'service', template_id: null, template: null, service: 'backup', value: null, label: 'everything from backup' },
    ];
}

/* A started mock that ends with the test. */
export async function started(later, options) {
    const mock = await new Mock(options).start();
    later(() => mock.stop());
    return mock;
}

export const HOSTILE = [
    '<script>xss()</script>',
    '<img src=x onerror=xss()>',
    '"><svg/onload=xss()>',
    "'-xss()-'",
    '<iframe srcdoc="<script>parent.xss()</script>">',
    '<a href="javascript:xss()">click</a>',
    '<math><mtext></form><form><mglyph><style></math><img src onerror=xss()>',
    '</title></textarea></style></script><script>xss()</script>',
    '{{constructor.constructor("xss()")()}} ${xss()} <%= xss() %>',
    '<details open ontoggle=xss()><meta http-equiv=refresh content="0;url=//evil.example/">',
    '<link rel=stylesheet href=//evil.example/x.css><base href=//evil.example/>',
    'javascript:xss() data:text/html,<script>xss()</script> __proto__ constructor',
    '&lt;script&gt;xss()&lt;/script&gt; &#60;img src=x&#62; \u003cscript\u003e',
    '\u001b[31mred\u001b[0m \u001b]8;;http://evil.example/\u0007link\u001b]8;;\u0007 \u0000\u0007\u0008\u007f\u0085\u009b31m',
    'user \u202etxt.exe\u202c and \u2066isolated\u2069 \u200fmark \u200bzero\u200dwidth \ufeffbom \u00adhyphen',
    '\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 then left to right',
    `Z${'\u0300\u0301\u0489'.repeat(60)}algo`,
    'tags \u{e0041}\u{e0042} separators \u2028\u2029 lone \ud800 end',
];
export const HOSTILE_ALL = HOSTILE.join(' ');
