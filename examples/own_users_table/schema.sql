-- What the shop had before: its own columns, with the passwords as bcrypt hashes.
CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL,
    display_name TEXT NOT NULL DEFAULT 'new customer' CHECK (length(display_name) <= 40),
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    newsletter INTEGER NOT NULL DEFAULT 0,
    user_name TEXT,
    bcrypt TEXT
) STRICT;

CREATE TABLE voucher (
    code TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users,
    cents INTEGER NOT NULL CHECK (cents > 0)
) STRICT;
