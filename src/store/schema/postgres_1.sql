-- {schema} stands for the schema that the tables lie in. Functions name it, so that a session with
-- another search path, or with a temporary table of the same name, writes the same keys.

COMMENT ON TABLE {schema}.backstop_schema IS 'backstop: the versions that these tables have been brought to';
COMMENT ON COLUMN {schema}.backstop_schema.oldest IS 'who knows the tables of this version works with those of that';
COMMENT ON COLUMN {schema}.backstop_schema.version IS 'of the tables; 0: the row that those who bring them up to date take turns on';

CREATE TABLE {schema}.backstop_account (
    id text COLLATE "C" NOT NULL PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 128),
    revision bytea NOT NULL CHECK (octet_length(revision) = 16),
    key_kinds text[] NOT NULL,
    key_values bytea[] NOT NULL,
    due_at bigint,
    security_code bytea CHECK (octet_length(security_code) = 32),
    record bytea NOT NULL,
    CHECK (cardinality(key_kinds) = cardinality(key_values))
);

COMMENT ON TABLE {schema}.backstop_account IS 'backstop: one row for each account';
COMMENT ON COLUMN {schema}.backstop_account.id IS 'the host''s key of the user, compared byte by byte';
COMMENT ON COLUMN {schema}.backstop_account.revision IS '128 random bits, new with every write';
COMMENT ON COLUMN {schema}.backstop_account.key_kinds IS 'the unique keys: what each of them is, as in backstop_account_key';
COMMENT ON COLUMN {schema}.backstop_account.key_values IS 'the unique keys: their canonical bytes, in the same order';
COMMENT ON COLUMN {schema}.backstop_account.due_at IS 'when the library wants to see the account again: ms since 1970 UTC; null: never';
COMMENT ON COLUMN {schema}.backstop_account.security_code IS 'hash of the security code; once set it stays';
COMMENT ON COLUMN {schema}.backstop_account.record IS 'the whole account, opaque';

CREATE INDEX backstop_account_due ON {schema}.backstop_account (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE {schema}.backstop_account_key (
    kind text COLLATE "C" NOT NULL,
    value bytea NOT NULL,
    account text COLLATE "C" NOT NULL REFERENCES {schema}.backstop_account (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, value)
);

COMMENT ON TABLE {schema}.backstop_account_key IS 'backstop: which account has a unique key; kept by triggers';
COMMENT ON COLUMN {schema}.backstop_account_key.kind IS 'what the key is: login, skeleton, email, phone, identity';
COMMENT ON COLUMN {schema}.backstop_account_key.value IS 'its canonical bytes';
COMMENT ON COLUMN {schema}.backstop_account_key.account IS 'the id of the one account that has it';

CREATE INDEX backstop_account_key_account ON {schema}.backstop_account_key (account);

CREATE TABLE {schema}.backstop_flow (
    key bytea NOT NULL PRIMARY KEY CHECK (octet_length(key) = 32),
    revision bytea NOT NULL CHECK (octet_length(revision) = 16),
    expires bigint NOT NULL,
    record bytea NOT NULL
);

COMMENT ON TABLE {schema}.backstop_flow IS 'backstop: flows and attempt budgets, until they expire';
COMMENT ON COLUMN {schema}.backstop_flow.key IS 'a keyed hash: says nothing of whom it is about';
COMMENT ON COLUMN {schema}.backstop_flow.revision IS '128 random bits, new with every write';
COMMENT ON COLUMN {schema}.backstop_flow.expires IS 'from when on the record counts as absent: ms since 1970 UTC';
COMMENT ON COLUMN {schema}.backstop_flow.record IS 'a flow or an attempt budget, opaque';

CREATE INDEX backstop_flow_expires ON {schema}.backstop_flow (expires);

-- The keys of an account follow its row, in the statement that writes it; a removal takes them along
-- by the foreign key. Which kind is taken is said by the text of the error, which is ours and so never
-- translated. The keys are written in one order, so that two writers seldom block each other
-- crosswise.

CREATE FUNCTION {schema}.backstop_account_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    missing text;
    owner text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.key_kinds = OLD.key_kinds AND NEW.key_values = OLD.key_values THEN
            RETURN NULL;
        END IF;
        DELETE FROM {schema}.backstop_account_key AS k
        WHERE k.account = NEW.id AND NOT EXISTS (
            SELECT 1 FROM unnest(NEW.key_kinds, NEW.key_values) AS n (kind, value)
            WHERE n.kind = k.kind AND n.value = k.value
        );
    END IF;
    INSERT INTO {schema}.backstop_account_key (kind, value, account)
    SELECT DISTINCT n.kind, n.value, NEW.id
    FROM unnest(NEW.key_kinds, NEW.key_values) AS n (kind, value)
    ORDER BY n.kind, n.value
    ON CONFLICT (kind, value) DO NOTHING;
    SELECT n.kind, k.account INTO missing, owner
    FROM unnest(NEW.key_kinds, NEW.key_values) AS n (kind, value)
    LEFT JOIN {schema}.backstop_account_key AS k ON k.kind = n.kind AND k.value = n.value
    WHERE k.account IS DISTINCT FROM NEW.id
    LIMIT 1;
    IF missing IS NULL THEN
        RETURN NULL;
    END IF;
    IF owner IS NULL THEN
        RAISE EXCEPTION 'backstop: a key came free in between'
            USING ERRCODE = 'serialization_failure';
    END IF;
    RAISE EXCEPTION 'backstop: taken: %', missing
        USING ERRCODE = 'unique_violation';
END;
$$;

CREATE TRIGGER backstop_account_written AFTER INSERT OR UPDATE ON {schema}.backstop_account
FOR EACH ROW EXECUTE FUNCTION {schema}.backstop_account_written();

-- The last line of defence: a security code that is set stays, whoever writes.

CREATE FUNCTION {schema}.backstop_account_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.security_code IS NOT NULL AND NEW.security_code IS DISTINCT FROM OLD.security_code THEN
        RAISE EXCEPTION 'backstop: a security code, once set, never changes'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'backstop: the id of an account never changes'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER backstop_account_kept BEFORE UPDATE ON {schema}.backstop_account
FOR EACH ROW EXECUTE FUNCTION {schema}.backstop_account_kept();
