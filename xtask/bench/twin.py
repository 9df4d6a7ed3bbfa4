"""The list of letters as Flask and SQLAlchemy serve it: a twin of the site's read path for `cargo xtask bench --web`.

It asks the database for the same by three queries, as an ORM is used, checks the same token and shows the same page.
gunicorn runs it.
"""

import base64
import datetime
import os

import jwt
from flask import Flask, abort, render_template, request
from jinja2 import DictLoader
from sqlalchemy import BigInteger, DateTime, ForeignKey, String, Text, create_engine, exists, or_, select
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

PAGE = 50
NO_LETTER = "00000000-0000-0000-0000-000000000000"
APPLICATIONS = ["Draft", "Sent", "Interview", "Offer", "Rejected"]
KEY = base64.b64decode(os.environ["TOKEN_KEY"])

app = Flask(__name__)
engine = create_engine(os.environ["DATABASE_URL"], pool_size=8)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    username: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    request_ref: Mapped[str] = mapped_column(Text)
    tokens_valid_after: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))


class LogIn(Base):
    __tablename__ = "sessions"
    jti: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    last_used_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class RevokedToken(Base):
    __tablename__ = "revoked_tokens"
    jti: Mapped[str] = mapped_column(Text, primary_key=True)


class Letter(Base):
    """The columns that the site reads, so that no text of a letter is loaded."""

    __tablename__ = "letters"
    id: Mapped[str] = mapped_column(UUID(as_uuid=False), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    job_title: Mapped[str] = mapped_column(Text)
    company: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String)
    application: Mapped[str] = mapped_column(String)
    application_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    note: Mapped[str] = mapped_column(Text)


class Draft(Base):
    __tablename__ = "drafts"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    about: Mapped[str] = mapped_column(UUID(as_uuid=False), primary_key=True)
    fields: Mapped[list] = mapped_column(JSONB)


LIST = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Your letters</title>
<link rel="stylesheet" href="/static/css/styles.css">
<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/">Cover Letter Writer</a>
<nav aria-label="Site">
<a href="/user/protected">New letter</a>
<a href="/letters">Letters</a>
<a href="/profiles">Your CVs</a>
<a class="btn" href="/user/profile">View Profile</a>
<form method="post" action="/auth/logout"><button class="plain">Log out</button></form>
</nav>
</header>
<main id="main">
<h1>Your letters</h1>
{% if drafts %}
<section aria-labelledby="drafts-title">
<h2 id="drafts-title">Not sent yet</h2>
<ul class="letters drafts">
{% for draft in drafts %}
<li><a href="{{ draft.path }}"><strong>{{ draft.title }}</strong> <span>{{ draft.company }}</span></a> <span class="tag">Draft</span></li>
{% endfor %}
</ul>
</section>
{% endif %}
<form method="get" action="/letters" class="search" role="search">
<div class="field"><label for="q">Search</label><input id="q" name="q" type="search" value="{{ words }}" dir="auto"></div>
<div class="field"><label for="status">Status</label><select id="status" name="status"><option value="">All</option>{% for one in applications %}<option{% if one == status %} selected{% endif %}>{{ one }}</option>{% endfor %}</select></div>
<button class="btn">Search</button>
<a class="btn main" href="/user/protected">New letter</a>
</form>
<ul class="letters">
{% for line in lines %}
<li>
<a href="/letters/{{ line.id }}"><strong>{{ line.job_title }}</strong> <span>{{ line.company }}</span></a>
<span class="when">{% if line.application_at %}since {{ line.application_at.strftime("%-d %B %Y") }}{% else %}{{ line.created_at.strftime("%-d %B %Y, %H:%M") }}{% endif %}</span>
<span class="tag {{ line.state }}">{{ "Ready" if line.application == "Draft" else line.application }}</span>
{% if line.note %}<p class="noted" dir="auto">{{ line.note.splitlines()[0] }}</p>{% endif %}
</li>
{% endfor %}
</ul>
<p class="actions pages">{% if page %}<a class="btn" rel="prev" href="/letters?page={{ page - 1 }}">Newer</a>{% endif %} {% if has_more %}<a class="btn" rel="next" href="/letters?page={{ page + 1 }}">Older</a>{% endif %}</p>
</main>
<footer><p>Your letters are written inside this cluster. No text leaves it.</p></footer>
</body>
</html>
"""


# Compiled once, as a template in a file is.
app.jinja_loader = DictLoader({"letters.html": LIST})


def signed_in(db):
    """The user of this request, by one query."""
    try:
        claims = jwt.decode(request.cookies.get("access_token_cookie", ""), KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        abort(401)
    is_revoked = exists().where(RevokedToken.jti == claims["jti"])
    found = db.execute(
        select(User, is_revoked, LogIn.last_used_at)
        .outerjoin(LogIn, LogIn.jti == claims["jti"])
        .where(User.id == int(claims["sub"]))
    ).first()
    if found is None:
        abort(401)
    user, is_revoked, last_used_at = found
    if is_revoked or user.disabled_at or claims["iat"] < user.tokens_valid_after.timestamp():
        abort(401)
    now = datetime.datetime.now(datetime.timezone.utc)
    if last_used_at and last_used_at < now - datetime.timedelta(minutes=1):
        db.get(LogIn, claims["jti"]).last_used_at = now
        db.commit()
    return user


def shown(draft):
    fields = dict(draft.fields)
    path = "/user/protected" if draft.about == NO_LETTER else f"/user/protected?from={draft.about}"
    return {
        "path": path,
        "title": fields.get("Job Title") or "A letter without a title yet",
        "company": fields.get("Hiring Company", ""),
    }


@app.get("/letters")
def letters():
    words, status = request.args.get("q", ""), request.args.get("status", "")
    page = max(0, request.args.get("page", 0, type=int))
    with Session(engine) as db:
        user = signed_in(db)
        found = select(Letter).where(Letter.user_id == user.id)
        if words:
            pattern = f"%{words}%"
            found = found.where(
                or_(Letter.job_title.ilike(pattern), Letter.company.ilike(pattern), Letter.note.ilike(pattern))
            )
        if status in APPLICATIONS:
            found = found.where(Letter.application == status)
        found = found.order_by(Letter.created_at.desc(), Letter.id).limit(PAGE + 1).offset(page * PAGE)
        lines = db.scalars(found).all()
        drafts = [shown(draft) for draft in db.scalars(select(Draft).where(Draft.user_id == user.id))]
        return render_template(
            "letters.html",
            words=words,
            status=status,
            page=page,
            has_more=len(lines) > PAGE,
            lines=lines[:PAGE],
            drafts=drafts,
            applications=APPLICATIONS,
        )


@app.get("/ready")
def ready():
    return "yes"
