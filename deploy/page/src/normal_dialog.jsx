/* normal_dialog.jsx - "This is normal": of what, what that would have hidden, and yes. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from './api.js';
import { Problem, useAction } from './parts.jsx';
import { plural, Sentence, Template, Text } from './text.jsx';

const SCOPES = { template: 'This kind of message', service: 'All of this service', value: 'This value' };
const NOTE_MAX = 4096, KINDS_NAMED = 4;

/* What can be chosen: if there are several kinds of messages, all of them together first. */
function choices_of(incident) {
    const kinds = incident.choices.filter((c) => c.scope === 'template');
    return kinds.length > 1 ? [{ scope: 'template', kinds }, ...incident.choices] : incident.choices;
}

/* What names the choice among those of the incident; no kind: all of them. */
function request_of(incident, choice) {
    const { scope, service, template_id, value } = choice;
    const named = Object.entries({ scope, service, template_id, value }).filter(([, text]) => typeof text === 'string');
    return { incident_id: incident.id, ...Object.fromEntries(named) };
}

/* The sentence of what a choice would have hidden, asked for when it is chosen. */
function usePreview(incident, choice) {
    const [preview, set] = useState({ choice: null, sentence: null, error: null });
    useEffect(() => {
        let gone = false;
        const tell = (more) => gone || set({ choice, sentence: null, hidden: 0, error: null, ...more });
        api('POST', 'normals', { ...request_of(incident, choice), preview: true })
            .then((reply) => tell({ sentence: reply.sentence, hidden: reply.hidden }), (error) => tell({ error }));
        return () => { gone = true; };
    }, [choice]);
    return preview.choice === choice ? preview : { sentence: null, error: null };
}

/* The first of them, a line each: whole they are below. */
function Kinds({ of }) {
    const more = of.length - KINDS_NAMED, one_service = of.every((c) => c.service === of[0].service);
    return (
        <>
            {of.slice(0, KINDS_NAMED).map((c, i) => (
                <span class="kind" key={i}>
                    {c.template ? <Template of={c.template} /> : <Sentence of={c.label} />}
                    {c.template && !one_service && <> in <Text of={c.service} /></>}
                    <span class="only-heard">; </span>
                </span>
            ))}
            {more > 0 && <span class="kind">and {plural(more, 'other')}</span>}
        </>
    );
}

function Choice({ of, checked, choose, n }) {
    return (
        <label class="choice-row">
            <input type="radio" name="scope" checked={checked} onChange={choose} aria-describedby={`choice-${n}`} />
            <span>
                <strong>{of.kinds ? `All ${of.kinds.length} kinds of messages in it` : SCOPES[of.scope] ?? of.scope}</strong>
                <span id={`choice-${n}`} class="choice-label">{of.kinds ? <Kinds of={of.kinds} /> : <Sentence of={of.label} template={of.template} />}</span>
                {of.scope === 'template' && of.template && !of.label.includes(of.template) && <Template of={of.template} />}
            </span>
        </label>
    );
}

export function NormalDialog({ incident, onDone, onClose }) {
    const choices = useRef(choices_of(incident)).current; // a refresh does not change them under one's hands
    const [chosen, choose] = useState(0);
    const [note, set_note] = useState('');
    const [busy, error, run] = useAction();
    const preview = usePreview(incident, choices[chosen]);
    const element = useRef(null);

    useEffect(() => {
        const before = document.activeElement, dialog = element.current;
        dialog.showModal();
        return () => {
            dialog.close();
            if (before?.isConnected) {
                before.focus();
            }
        };
    }, []);
    async function submit(event) {
        event.preventDefault();
        let reply;
        const body = { ...request_of(incident, choices[chosen]), ...(note.trim() ? { note } : {}) };
        if (await run(async () => { reply = await api('POST', 'normals', body); })) {
            onDone(reply);
        }
    }
    return (
        <dialog ref={element} aria-labelledby="normal-heading" onCancel={(e) => { e.preventDefault(); onClose(); }}>
            <form onSubmit={submit}>
                <h2 id="normal-heading">What is normal here?</h2>
                <fieldset>
                    <legend class="only-heard">What is normal</legend>
                    {choices.map((c, i) => <Choice key={i} n={i} of={c} checked={i === chosen} choose={() => choose(i)} />)}
                </fieldset>
                <p class="preview" role="status">
                    {preview.error ? <>What it would hide is not known: <Text of={preview.error.message} />.</>
                        : preview.sentence ? <>
                            It <Text of={preview.sentence} />.
                            {preview.hidden === 0 && ` ${choices[chosen].kinds ? 'Even together they are' : 'By itself it is'} not enough for this one: what else is in it stays unusual.`}
                        </> : 'Counting what it would have hidden …'}
                </p>
                <label class="block">Why (for those who come after you)
                    <input type="text" value={note} maxlength={NOTE_MAX / 4} autocomplete="off" onInput={(e) => set_note(e.currentTarget.value)} />
                </label>
                <Problem error={error} />
                <p class="buttons">
                    <button type="submit" class="first" aria-disabled={busy}>Declare normal</button>
                    <button type="button" onClick={onClose}>Cancel</button>
                </p>
                <p class="hint">From the next request on it is neither told nor counted as unusual. It can be undone at any time.</p>
            </form>
        </dialog>
    );
}
