/* now.jsx - the first view: is all well, which services do what, what is open. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { query, usePoll, useTick } from './api.js';
import { Empty } from './empty.jsx';
import { Health, is_quiet, store_trouble } from './health.jsx';
import { Lanes } from './lanes.jsx';
import { List } from './list.jsx';
import { Away, go, Heading } from './parts.jsx';
import { ago, count, plain, plural } from './text.jsx';

const PER_PAGE = 25;
const COUNTED_MAX = 1000, COUNT_MS = 60000, COUNT_SOON_MS = 10000;
const FILTERS = ['status', 'service', 'severity', 'text'];

/* The address of this view with some parameters changed. */
function hash_of(parameters, changes) {
    return `#/${query({ ...parameters, ...changes })}`;
}

/* /services; its window ends now, or, if there is nothing in that, with the newest record
 * that there is (an imported week, a host that is silent): then it is old. */
function useServices(hours) {
    const poll = usePoll(`services?hours=${hours}`, 10000);
    const { data } = poll;
    if (!data) {
        return { ...poll, newest: null, old: false };
    }
    const newest = data.services.reduce((last, s) => (s.last_seen > last ? s.last_seen : last), '') || null;
    return { ...poll, newest, old: new Date(data.to) < poll.at - data.bucket_seconds * 1000 - 60000 };
}

function Filter({ parameters, services }) {
    const [text, set_text] = useState(parameters.text ?? '');
    const timer = useRef(null);
    useEffect(() => set_text(parameters.text ?? ''), [parameters.text]);
    useEffect(() => () => clearTimeout(timer.current), []);

    function change(changes) {
        clearTimeout(timer.current);
        go(hash_of(parameters, { ...changes, cursor: '' }), { replace: true });
    }
    function typed(event) {
        const value = event.currentTarget.value;
        set_text(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => change({ text: value }), 300);
    }
    const names = [...new Set([...services, parameters.service].filter(Boolean))].sort();
    return (
        <form class="filter" role="search" aria-label="Incidents"
            onSubmit={(event) => { event.preventDefault(); change({ text }); }}>
            <label>Show
                <select value={parameters.status ?? ''} onChange={(e) => change({ status: e.currentTarget.value })}>
                    <option value="">what needs a look</option>
                    <option value="open">open only</option>
                    <option value="acknowledged">acknowledged</option>
                    <option value="resolved">resolved</option>
                    <option value="muted">muted</option>
                    <option value="all">all</option>
                </select>
            </label>
            <label>Service
                <select value={parameters.service ?? ''} onChange={(e) => change({ service: e.currentTarget.value })}>
                    <option value="">any</option>
                    {names.map((name) => <option key={name} value={name}>{plain(name)}</option>)}
                </select>
            </label>
            <label>How unusual
                <select value={parameters.severity ?? ''} onChange={(e) => change({ severity: e.currentTarget.value })}>
                    <option value="">any</option>
                    <option value="0.96">very or extremely</option>
                    <option value="0.9985">extremely</option>
                </select>
            </label>
            <label class="text">Text
                <input type="search" value={text} onInput={typed} maxlength="200" autocomplete="off" spellcheck={false} />
            </label>
        </form>
    );
}

function period(hours, old) {
    return old ? 'the time shown' : hours === 24 ? 'the last 24 h' : 'the last 7 days';
}

/* How many are active, when a page does not hold them: asked for when the list changes, and
 * not too often while it changes all the time. {data, ..} as of usePoll. */
function useAll(list, wanted) {
    const all = usePoll(wanted ? `incidents?status=active&limit=${COUNTED_MAX}` : null, COUNT_MS);
    const change = wanted ? list.data.incidents.map((i) => i.id).join() : '';
    useEffect(() => {
        if (!all.at) { // it is asked for the first time
            return undefined;
        }
        const timer = setTimeout(all.again, Math.max(0, all.at + (all.data?.next ? COUNT_MS : COUNT_SOON_MS) - Date.now()));
        return () => clearTimeout(timer);
    }, [change]);
    return all;
}

function need_a_look(list, all) {
    const n = list.data.incidents.length, known = all.data?.incidents.length ?? 0;
    if (!list.data.next) {
        return `${plural(n, 'incident')} ${n === 1 ? 'needs' : 'need'} a look`;
    }
    return all.data?.next || known <= n ? `More than ${count(Math.max(n, known))} incidents need a look` : `${plural(known, 'incident')} need a look`;
}

/* What the whole view says, as its heading. */
function headline({ all, away, empty, filtered, list, meta, ready, services }) {
    if (away) {
        return 'The server does not answer';
    }
    if (empty) {
        return store_trouble(ready) ? 'No records can be stored' : 'Ready for your first records';
    }
    if (!list.data) {
        return 'Looking …';
    }
    const n = list.data.incidents.length;
    if (filtered) {
        return 'Incidents';
    }
    if (n === 0) { // silence means health only while records come and are stored and scored
        return store_trouble(ready) ? 'No incidents, but records are not stored' : meta.data?.scorer.state === 'unavailable' ? 'No incidents, but nothing is scored'
            : services.newest && is_quiet(services.newest) ? 'Nothing unusual, but no new records' : 'Nothing unusual';
    }
    return need_a_look(list, all);
}

/* Under the heading when nothing is unusual: why silence means health. */
function AllQuiet({ services, hours }) {
    const { data, old, newest } = services;
    if (!data) {
        return null;
    }
    const records = data.services.reduce((sum, s) => sum + s.records, 0);
    const known = data.services_total ?? data.services.length;
    return (
        <p class="quiet">
            {plural(records, 'record')} of {plural(known, 'service')} in {period(hours, old)}
            {newest ? <>; the last one {ago(newest)}.</> : '.'}
        </p>
    );
}

export function Now({ parameters, first }) {
    const hours = parameters.hours === '168' ? 168 : 24;
    const meta = usePoll('meta', 10000);
    const ready = usePoll('readyz', 15000);
    const services = useServices(hours);
    const told = usePoll('notifications', 30000);
    const filter = Object.fromEntries(FILTERS.map((key) => [key, parameters[key] ?? '']));
    const list_path = `incidents${query({ ...filter, status: filter.status || 'active', limit: PER_PAGE, cursor: parameters.cursor })}`;
    const list = usePoll(list_path, 5000);
    useTick(5000);

    const filtered = FILTERS.some((key) => filter[key]) || Boolean(parameters.cursor);
    const all = useAll(list, !filtered && Boolean(list.data?.next));
    const nothing = services.data && services.data.services.length === 0;
    const empty = Boolean(nothing && list.data && list.data.incidents.length === 0 && !filtered);
    const away = list.error?.status === 0 && meta.error?.status === 0;
    const quiet = list.data && list.data.incidents.length === 0 && !filtered && !empty;
    const said = headline({ all, away, empty, filtered, list, meta, ready, services });
    return (
        <>
            <Away polls={[list, services, meta]} />
            <Heading focused={!first} title={said}>{said}</Heading>
            {quiet && <AllQuiet services={services} hours={hours} />}
            <Health meta={meta} ready={ready} services={services} told={told} empty={empty} />
            {empty ? <Empty /> : (
                <>
                    <Lanes services={services} hours={hours} parameters={parameters} hash_of={hash_of} />
                    <section aria-labelledby="incidents-heading" class="incidents">
                        <h2 id="incidents-heading" tabindex="-1">Incidents</h2>
                        <Filter parameters={parameters} services={(services.data?.services ?? []).map((s) => s.service)} />
                        <List key={list_path} poll={list} parameters={parameters} hash_of={hash_of} filtered={filtered} />
                    </section>
                </>
            )}
        </>
    );
}
