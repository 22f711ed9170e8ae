"""A real listing engine for the tests: PyPI's django-classified, filled through its own models.

    engine.py DIR fill ADS.jsonl     create the database in DIR and one item for each line
    engine.py DIR edit CHANGES.jsonl change items: {"ad_id", "title"?, "body"?, "price"?, "remove"?: true}
    engine.py DIR truth              print what is served, one JSON line for each active item
    engine.py DIR serve PORT         serve on 127.0.0.1:PORT until killed

An ad line: {"ad_id","title","body","price","place","phone","group","images":["file.png"]}; image paths are relative to
the JSONL file. `fill` prints {"ad_id","pk"} for each line, since the engine gives items its own numbers.
"""

import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings

FOLDER = Path(sys.argv[1]).resolve()
FOLDER.mkdir(parents=True, exist_ok=True)

settings.configure(
    DEBUG=True,
    SECRET_KEY="only for tests on loopback",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="__main__",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "engine.sqlite3")}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.sites",
        "django.contrib.humanize",
        "django.contrib.sitemaps",
        "django.contrib.staticfiles",
        "sorl.thumbnail",
        "django_classified",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                    "django_classified.context_processors.common_values",
                ]
            },
        }
    ],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    SITE_ID=1,
    USE_TZ=True,
    TIME_ZONE="Europe/Copenhagen",
    STATIC_URL="/static/",
    MEDIA_URL="/media/",
    MEDIA_ROOT=str(FOLDER / "media"),
    DCF_CURRENCY="DKK",
    DCF_LOGIN_TO_CONTACT=False,
    LOGGING={"version": 1, "disable_existing_loggers": True},
)
django.setup()

from django.conf.urls.static import static  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.urls import include, path  # noqa: E402
from django_classified.models import Area, Group, Image, Item, Profile, Section  # noqa: E402

urlpatterns = [path("", include("django_classified.urls"))] + static("/media/", document_root=str(FOLDER / "media"))


def lines(file):
    return [json.loads(line) for line in Path(file).read_text("utf-8").splitlines() if line.strip()]


@transaction.atomic
def fill(file):
    section, _ = Section.objects.get_or_create(title="Annoncer")
    for ad in lines(file):
        user, made = User.objects.get_or_create(username="phone-" + ad["phone"])
        if made:
            Profile.objects.create(user=user, phone=ad["phone"])
        group, _ = Group.objects.get_or_create(title=ad["group"], section=section)
        area = None
        if ad.get("place"):
            area, _ = Area.objects.get_or_create(title=ad["place"], slug=str(abs(hash(ad["place"])))[:8])
        item = Item.objects.create(
            user=user, group=group, area=area, title=ad["title"], description=ad["body"], price=ad["price"]
        )
        for number, image in enumerate(ad.get("images", [])):
            content = ContentFile((Path(file).parent / image).read_bytes())
            Image.objects.create(item=item).file.save(f"{item.pk}-{number}.png", content)
        print(json.dumps({"ad_id": ad["ad_id"], "pk": item.pk}))


@transaction.atomic
def edit(file):
    for change in lines(file):
        item = Item.objects.get(pk=change["pk"])
        if change.get("remove"):
            item.is_active = False
        item.title = change.get("title", item.title)
        item.description = change.get("body", item.description)
        item.price = change.get("price", item.price)
        item.save()


def truth():
    for item in Item.objects.filter(is_active=True).order_by("pk"):
        row = {
            "pk": item.pk,
            "title": item.title,
            "body": item.description,
            "price": str(item.price),
            "place": item.area.title if item.area else None,
            "phone": item.user.profile.phone,
            "images": item.image_set.count(),
        }
        print(json.dumps(row, ensure_ascii=False))


def main():
    verb, rest = sys.argv[2], sys.argv[3:]
    if verb == "fill":
        call_command("migrate", verbosity=0)
        fill(rest[0])
    elif verb == "edit":
        edit(rest[0])
    elif verb == "truth":
        truth()
    elif verb == "serve":
        os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
        call_command("runserver", f"127.0.0.1:{rest[0]}", use_reloader=False, skip_checks=True, verbosity=0)
    else:
        sys.exit(f"engine.py: unknown verb {verb!r}; see the top of the file")


main()
