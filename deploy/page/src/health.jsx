/* health.jsx - is all well: records come, are stored and scored, somebody would be told. */
import { ago, clock_seconds, count, exact, moment, plural, Text } from './text.jsx';

const QUIET_MS = 3600e3, LAG_BATCHES = 100;

/* Nothing has come for so long that one should look. */
export function is_quiet(newest) {
    return Date.now() - new Date(newest) > QUIET_MS;
}

export const SIGNS = { good: '✓', info: 'i', odd: '!', bad: '✕', none: '–' };
export const SIGN_WORDS = { good: 'Good: ', info: 'Note: ', odd: 'Look: ', bad: 'Bad: ', none: '' };

/* What the server says in half a sentence, as a whole one. */
function sentence(text) {
    return text && `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function Item({ state, title, children }) {
    return (
        <li class={`state-${state}`}>
            <span class="sign" aria-hidden="true">{SIGNS[state]}</span>
            <div><h3><span class="only-heard">{SIGN_WORDS[state]}</span>{title}</h3><p>{children}</p></div>
        </li>
    );
}

/* What was known is not said to be so while nobody answers. */
function Unknown({ title, poll }) {
    return poll.error
        ? <Item state="odd" title={title}>Not known{poll.at ? <> since {clock_seconds(poll.at)}</> : ''}.</Item>
        : <Item state="none" title={title}>Not known yet.</Item>;
}

/* Why no records are taken, as /readyz says; '' if they are, or that is not known. */
export function store_trouble(ready) {
    const { store, disk } = ready.error ? {} : ready.data ?? {};
    const failing = [disk, store].find((check) => check?.state === 'failing');
    return failing ? failing.why ?? 'it is not known why' : '';
}

/* Nothing while all is well: that records come in says so. */
function Storing({ ready, meta }) {
    const trouble = store_trouble(ready), disk = ready.error ? null : ready.data?.disk;
    const said = meta.error ? null : meta.data?.store?.error;
    if (trouble) {
        return (
            <Item state="bad" title={disk?.state === 'failing' && disk.free_bytes !== null ? 'The disk is full' : 'Records are not stored'}>
                <Text of={sentence(trouble)} />{said && <> It says: <Text of={sentence(said)} /></>}
                {' '}What is sent now is refused, and can be sent again; what was stored stays.
            </Item>
        );
    }
    if (!disk || disk.state === 'ok') {
        return null;
    }
    const days = disk.days_until_full;
    return (
        <Item state="odd" title={days === null ? 'Little room on the disk' : days < 1 ? 'The disk is full within a day' : `The disk is full in ${plural(Math.floor(days), 'day')}`}>
            <Text of={sentence(disk.why ?? '')} /> Make room, or let the store keep less: <code>STORE_BYTES_MAX</code>, <code>RETENTION_DAYS</code>.
        </Item>
    );
}

function Learning({ ready, meta }) {
    const lag = ready.error ? null : ready.data?.lag;
    const scorer = meta.data?.scorer;
    if (lag?.state !== 'failing' || !scorer || scorer.state === 'unavailable' || scorer.learn_lag_batches > LAG_BATCHES) {
        return null; // or said already
    }
    return <Item state="odd" title="Learning is behind"><Text of={sentence(lag.why ?? '')} /></Item>;
}

function Receiving({ services, empty }) {
    const { data, newest } = services;
    if (!data || services.error) {
        return <Unknown title="Records" poll={services} />;
    }
    if (empty || !newest) {
        return <Item state="none" title="No records yet">They are taken at this address.</Item>;
    }
    const records = data.services.reduce((sum, s) => sum + s.records, 0);
    const last = <time datetime={newest} title={exact(newest)}>{ago(newest)}</time>;
    if (is_quiet(newest)) {
        return <Item state="odd" title="No new records">The last one is of {moment(newest)}, {last}.</Item>;
    }
    return (
        <Item state="good" title="Records come in">
            {plural(records, 'record')} of {plural(data.services_total ?? data.services.length, 'service')}; the last one {last}.
        </Item>
    );
}

function Scoring({ meta }) {
    const scorer = meta.data?.scorer;
    if (!scorer || meta.error) {
        return <Unknown title="Scoring" poll={meta} />;
    }
    const behind = scorer.unscored_batches > 0 ? ` ${plural(scorer.unscored_batches, 'batch', 'batches')} not scored yet.` : '';
    if (scorer.state === 'unavailable') {
        return (
            <Item state="bad" title="Not scored">
                The scorer is away{scorer.since ? ` since ${moment(scorer.since)}` : ''}. Records are stored and scored later.{behind}
                {scorer.last_error && <> It says: <Text of={scorer.last_error} />.</>}
            </Item>
        );
    }
    if (meta.data.model_error) {
        return <Item state="odd" title="Scoring, from the start">What was learned could not be read: <Text of={meta.data.model_error} />.{behind}</Item>;
    }
    if (scorer.learn_lag_batches > LAG_BATCHES) {
        return <Item state="odd" title="Scoring is behind">{plural(scorer.learn_lag_batches, 'batch', 'batches')} not learned yet.</Item>;
    }
    if (scorer.state === 'unknown') {
        return <Item state="none" title="Scoring">The first batch has not been scored yet.</Item>;
    }
    /* They keep no score of their own: what the minutes round them say is told when the scorer is back. */
    const missed = scorer.unscored_batches;
    return (
        <Item state="good" title={missed > 0 ? 'Scoring goes on' : 'All is scored'}>
            Each batch as it comes, {scorer.mode === 'http' ? 'by the scoring service' : 'in the same process'}.
            {missed > 0 ? ` ${plural(missed, 'batch', 'batches')} came while it was away, and ${missed === 1 ? 'was' : 'were'} looked at by the minute afterwards.` : ''}
        </Item>
    );
}

/* The last attempt of a channel failed: nothing was delivered since. */
export function is_failing(channel) {
    return Boolean(channel.last_error) && (!channel.last_delivered_at || channel.last_error_at >= channel.last_delivered_at);
}

/* Of a storm not each is told by itself; a channel that is asked sooner has told more. */
export function held_words(channels) {
    const held = Math.max(0, ...channels.map((c) => c.held ?? 0));
    return held === 0 ? '' : held === 1 ? '1 incident is held back: it comes with the next message. '
        : `${count(held)} incidents are held back: they come together in the next message. `;
}

function Telling({ told }) {
    if (!told.data || told.error) {
        return <Unknown title="Messages" poll={told} />;
    }
    const { channels, waiting, undeliverable } = told.data;
    const more = <a href="#/messages">More</a>;
    if (channels.length === 0) {
        return <Item state="none" title="Nobody is told">No webhook and no mail is set up. {more}</Item>;
    }
    const names = channels.map((c) => c.name).join(' and ');
    const failing = channels.find(is_failing), held = held_words(channels);
    if (undeliverable > 0 || failing) {
        return (
            <Item state="bad" title="Messages do not arrive">
                {undeliverable > 0 ? `${plural(undeliverable, 'message')} could not be delivered. ` : ''}
                {waiting > 0 ? `${count(waiting)} waiting. ` : ''}{held}
                {failing && <>{failing.name}: <Text of={failing.last_error} />. </>}{more}
            </Item>
        );
    }
    const last = channels.map((c) => c.last_delivered_at).filter(Boolean).sort().at(-1);
    return (
        <Item state={held ? 'info' : 'good'} title={`Told by ${names}`}>
            {held}{waiting > 0 ? `${plural(waiting, 'message')} on the way. ` : ''}
            {last ? <>The last message arrived <time datetime={last} title={exact(last)}>{ago(last)}</time>. </> : 'No message yet. '}{more}
        </Item>
    );
}

export function Health({ meta, ready, services, told, empty }) {
    return (
        <section class="health" aria-labelledby="health-heading">
            <h2 id="health-heading" class="only-heard">Health</h2>
            <ul class="troubles">
                <Storing ready={ready} meta={meta} />
                <Learning ready={ready} meta={meta} />
            </ul>
            <ul>
                <Receiving services={services} empty={empty} />
                <Scoring meta={meta} />
                <Telling told={told} />
            </ul>
        </section>
    );
}
