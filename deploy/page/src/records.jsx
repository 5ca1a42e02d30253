/* records.jsx - the lines that the reasons point to, with lines around them. */
import { useState } from 'preact/hooks';
import { bytes, clock_seconds, count, day, exact, plural, Text } from './text.jsx';

const FOLD_AT = 600, UNFOLD_BY = 4000; // characters

/* A long text is shown in part, with its length and a way to see more. */
function Folded({ text, whole_bytes }) {
    const [shown, set] = useState(FOLD_AT);
    const rest = text.length - shown;
    const cut = whole_bytes > new TextEncoder().encode(text).length;
    if (text.length <= FOLD_AT + 100 && !cut) {
        return <bdi dir="ltr" class="message"><Text of={text} whole /></bdi>;
    }
    /* not in the middle of a pair of surrogates */
    const end = rest > 0 && /[\ud800-\udbff]/.test(text[shown - 1]) ? shown - 1 : shown;
    return (
        <>
            <bdi dir="ltr" class="message"><Text of={text.slice(0, end)} whole />{rest > 0 ? '…' : ''}</bdi>
            <span class="folded">
                {rest > 0 && <button type="button" onClick={() => set(shown + UNFOLD_BY)}>Show more</button>}
                {' '}{cut
                    ? `${bytes(whole_bytes)} long; the page has the first ${bytes(new TextEncoder().encode(text).length)}, the store has all`
                    : `${bytes(new TextEncoder().encode(text).length)} long`}
            </span>
        </>
    );
}

function Line({ of, several, new_day, metadata }) {
    return (
        <li class={`${of.pointed ? 'pointed' : 'around'} ${/^(err|crit|fatal|alert|emerg|panic)/i.test(of.level) ? 'error' : /^warn/i.test(of.level) ? 'warn' : ''}`}>
            {of.gap_before && <p class="gap"><span aria-hidden="true">⋯</span><span class="only-heard">some lines are left out</span></p>}
            {new_day && <p class="day">{day(of.timestamp)}</p>}
            <div class="line">
                <span class="mark">{of.pointed ? <><span aria-hidden="true">▸</span><span class="only-heard">Pointed to: </span></> : ''}</span>
                <time datetime={of.timestamp} title={`${exact(of.timestamp)}, record ${of.id}`}>{clock_seconds(of.timestamp)}</time>
                <span class="level"><Text of={of.level} /></span>
                {several && <span class="service"><Text of={of.service} /></span>}
                <span class="text">
                    <Folded text={of.message} whole_bytes={of.message_bytes} />
                    {metadata && of.metadata && <div class="metadata"><span class="only-heard">Metadata: </span><Folded text={of.metadata} /></div>}
                </span>
            </div>
        </li>
    );
}

/* Why lines are missing, when that is known. */
function none_words(deleted) {
    return deleted > 0 ? `${deleted === 1 ? 'Its line is' : 'Its lines are'} no longer kept: when the store is full, or their days are over, the oldest go.`
        : 'No line is left of it in the store, or it is about lines that did not come.';
}

export function Records({ incident }) {
    const records = incident.records ?? [];
    const deleted = incident.records_deleted ?? 0;
    const total = incident.records_total ?? 0;
    const pointed = records.filter((r) => r.pointed).length;
    const [metadata, set_metadata] = useState(false);
    const several = new Set(records.map((r) => r.service)).size > 1;
    return (
        <section aria-labelledby="records-heading">
            <h2 id="records-heading">The lines</h2>
            {records.length === 0 ? <p class="none">{none_words(deleted)}</p> : (
                <>
                    <div class="below"><p class="hint">
                        {plural(total, 'line')} that the reasons point to, marked <span aria-hidden="true">▸</span>
                        {total > pointed + deleted ? `; the first ${pointed} are shown` : ''}, with those around them.
                        {deleted > 0 ? ` ${count(deleted)} ${deleted === 1 ? 'is' : 'are'} no longer kept.` : ''}
                    </p>
                    {records.some((r) => r.metadata) && (
                        <button type="button" aria-pressed={metadata} onClick={() => set_metadata(!metadata)}>Metadata</button>
                    )}</div>
                    <ol class="records">
                        {records.map((r, i) => (
                            <Line key={r.id} of={r} several={several} metadata={metadata}
                                new_day={i === 0 || day(r.timestamp) !== day(records[i - 1].timestamp)} />
                        ))}
                    </ol>
                </>
            )}
        </section>
    );
}
