"""Pages that no program here prints: notices of hosting firms put in their words, and a site's own short pages."""

from collections.abc import Iterator

from tests.lab.pages.room import HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

PARKED, CHALLENGE = "parked_page", "bot_challenge"
# name, language, title, body
NOTICES = (
    (
        "se",
        "sv",
        "volvo-delar.test",
        "<h1>volvo-delar.test</h1><p>Domännamnet är parkerat hos sin återförsäljare.</p>"
        "<p>Vill du komma igång med en hemsida? Beställ webbhotell.</p>",
    ),
    (
        "pl",
        "pl",
        "Domena",
        "<p>Domena <b>sklep-rowery.test</b> jest utrzymywana na serwerach firmy hostingowej.</p>"
        "<p>Właściciel nie opublikował jeszcze strony.</p>",
    ),
    (
        "cz",
        "cs",
        "kola-brno.test",
        "<h1>Doména kola-brno.test je zaregistrována</h1><p>Na této doméně zatím nejsou umístěny žádné stránky.</p>",
    ),
    ("dk", "da", "Parkeret domæne", "<h1>Dette domæne er parkeret</h1><p>Domænet er registreret af en kunde.</p>"),
    (
        "nl",
        "nl",
        "Gereserveerd",
        "<h1>Gereserveerd voor een van onze klanten</h1><p>Deze domeinnaam is geregistreerd. "
        "Is dit uw domein? Log in op het controlepaneel.</p>",
    ),
    (
        "de",
        "de",
        "Hier entsteht eine neue Website",
        "<h1>Hier entsteht in Kürze eine neue Website</h1><p>Diese Domain "
        "wurde bei unserem Provider für einen Kunden registriert.</p>",
    ),
    (
        "it",
        "it",
        "Dominio registrato",
        "<h1>ferramenta-rossi.test</h1><p>Questo dominio è stato registrato da un "
        "nostro cliente. Il sito non è ancora attivo.</p>",
    ),
    (
        "es",
        "es",
        "Dominio aparcado",
        "<h1>Este dominio está aparcado</h1><p>¿Es tuyo? Activa tu hosting y publica tu página web.</p>",
    ),
    (
        "fr",
        "fr",
        "Bienvenue",
        "<h1>Ce domaine vient d'être créé</h1><p>Le propriétaire n'a pas encore mis son site en "
        "ligne. Hébergement et noms de domaine : voir nos offres.</p>",
    ),
    (
        "ru",
        "ru",
        "Домен припаркован",
        "<h1>Домен veloshop.test припаркован</h1><p>Сайт скоро появится. Хостинг и домены от регистратора.</p>",
    ),
    (
        "en",
        "en",
        "brightdoor.test",
        "<h1>brightdoor.test</h1><p>This domain was recently registered. Please check back "
        "later!</p><p>Related searches</p><a href='/a'>Doors</a> <a href='/b'>Windows</a>",
    ),
    (
        "broker",
        "en",
        "brightdoor.test is for sale",
        "<h1>The domain name brightdoor.test is for sale</h1><p>Get a price "
        "in less than 24 hours. Fill out the form below.</p><form><input name=n><input name=e><input name=m></form>",
    ),
    (
        "expired",
        "en",
        "Domain expired",
        "<h1>This domain name has expired</h1><p>If you are the registered holder, "
        "renew it at your registrar before it is deleted.</p>",
    ),
)
TESTCOOKIE = (
    '<html><body>Loading page, please wait...<script type="text/javascript" src="/aes.min.js"></script><script>function '
    "toNumbers(d){var e=[];d.replace(/(..)/g,function(d){e.push(parseInt(d,16))});return e}var a=toNumbers('e11'),"
    "b=toNumbers('a2');document.cookie='BPC='+slowAES.decrypt(a,2,a,b)+'; path=/';location.href='/?attempt=1';</script>"
    "</body></html>"
)
OWN = (
    ("login", "fr", "Espace adhérent", "<h1>Espace adhérent</h1><form method=post><label>Courriel <input type=email "
     "name=m></label><label>Mot de passe <input type=password name=p></label><button>Entrer</button></form>"
     "<p><a href='/oubli'>Mot de passe oublié ?</a></p>"),
    ("login-failed", "de", "Anmelden", "<h1>Anmelden</h1><p class=error>Fehler: Benutzername oder Kennwort falsch. Bitte "
     "versuchen Sie es erneut.</p><form method=post><input name=u><input type=password name=p><button>OK</button></form>"),
    ("search", "fr", "Recherche", "<h1>Résultats pour « escalier »</h1><p>Aucun résultat. Essayez un autre mot.</p>"
     "<form action='/s'><input name=q value='escalier'><button>Chercher</button></form>"),
    ("search-es", "es", "Buscar", "<h1>Búsqueda</h1><p>No se han encontrado productos para «puerta roja».</p>"
     "<form><input name=q></form>"),
    ("status", "en", "Service status", "<h1>All services are running</h1><table><tr><td>Website<td>up<tr><td>API<td>up"
     "</table><h2>History</h2><p>2 Nov: API unavailable for six minutes, database failover. Resolved.</p>"),
    ("status-fr", "fr", "État des services", "<h1>État des services</h1><p>Tous les services fonctionnent.</p><p>Prochaine "
     "maintenance programmée : mardi 1er décembre, de 2 h à 4 h.</p>"),
    ("launch", "en", "Larch chair, from March", "<h1>The Larch chair</h1><p>Coming in March. Solid larch, made in our "
     "workshop in Jura. Reserve yours: 240 chairs in the first run.</p><a href='/reserve'>Reserve</a>"),
    ("opening", "fr", "Ouverture le 12 janvier - Café Rivière", "<h1>Café Rivière</h1><p>Bientôt, au 4 rue du Pont : café "
     "torréfié sur place, petite restauration, terrasse. Ouverture le 12 janvier à 8 heures.</p>"),
    ("article-503", "fr", "L'erreur 503, c'est quoi ?", "<h1>L'erreur 503 expliquée</h1>" + "<p>Le serveur répond 503 "
     "Service Unavailable quand il est surchargé ou en maintenance : le visiteur doit revenir plus tard. La réponse peut "
     "porter un en-tête Retry-After. Ce n'est pas une panne du réseau, et le navigateur n'y est pour rien.</p>" * 4),
    ("article-captcha", "de", "Was ist ein CAPTCHA?", "<h1>Was ist ein CAPTCHA?</h1>" + "<p>Ein CAPTCHA soll prüfen, ob ein "
     "Mensch vor dem Bildschirm sitzt. Man klickt auf Ampeln oder bestätigt: Ich bin kein Roboter. Neuere Verfahren wie "
     "Proof of Work rechnen im Hintergrund und stören niemanden.</p>" * 3),
    ("article-parking", "en", "Parked domains", "<h1>Should you park your domain?</h1>" + "<p>A parked domain shows ads or a "
     "for sale banner until its owner builds a site. Registrars park new names by default. Visitors who typed the name "
     "see related searches; the owner earns cents.</p>" * 3 + "<a href='/'>Blog</a>"),
    ("article-wartung", "de", "Wartungsseiten richtig bauen", "<h1>Wartungsseiten richtig bauen</h1>" + "<p>Während der "
     "Wartungsarbeiten sollte die Seite mit Status 503 antworten. Ein Satz genügt: Wir sind in Kürze wieder da. Suchmaschinen "
     "kommen dann später zurück und behalten die Seiten im Verzeichnis.</p>" * 3 + "<a href='/'>Start</a>"),
    ("article-traceback", "en", "Reading stack traces", "<h1>Reading stack traces</h1><p>Start at the last line. It names "
     "the exception.</p><pre>Traceback (most recent call last):\n  File \"shop.py\", line 12, in total\nKeyError: 'price'"
     "</pre>" + "<p>The lines above it show the calls that led there, oldest first. Most of them belong to a library, and "
     "the one that helps is the last that names a file of yours.</p>" * 3),
    ("article-sql", "es", "Errores de conexión con MySQL", "<h1>Errores de conexión con MySQL</h1>" + "<p>El mensaje Can't "
     "connect to local server indica que el servidor está parado o que el puerto no es el correcto. Compruebe el servicio y "
     "el registro antes de cambiar la contraseña. Access denied quiere decir otra cosa: el servidor responde.</p>" * 3),
    ("maintainer", "nl", "De Vries onderhoud", "<h1>De Vries onderhoud</h1><p>Onderhoud van cv-ketels en zonnepanelen in "
     "Utrecht. Storing? Bel 030 000 00 00, ook in het weekend.</p>"),
    ("elevator", "fr", "Ascenseur en panne ?", "<h1>Ascenseur en panne ?</h1><p>Dépannage en moins de deux heures à Lyon, "
     "contrats de maintenance. Appelez le 04 78 00 00 00.</p>"),
    ("thanks", "it", "Grazie", "<h1>Grazie!</h1><p>Il tuo messaggio è stato inviato. Ti risponderemo al più presto.</p>"),
    ("unsubscribe", "en", "Unsubscribed", "<h1>You are unsubscribed</h1><p>We are sorry to see you go. No more letters will "
     "be sent to this address.</p>"),
    ("cookie-wall", "fr", "Le Journal", "<h1>Le Journal</h1><p>Avant de continuer, choisissez ce que nous pouvons retenir de "
     "votre visite.</p><button>Accepter</button><button>Refuser</button>"),
    ("age", "en", "Age check - Rivière wines", "<h1>Are you of legal drinking age?</h1><p>Please confirm before you enter.</p>"
     "<button>Yes</button><button>No</button>"),
    ("newsletter-captcha", "fr", "Lettre d'information", "<h1>Recevez notre lettre</h1><form method=post><input type=email "
     "name=m><altcha-widget challengeurl='/altcha'></altcha-widget><button>S'abonner</button></form>"),
    ("band", "en", "Fatal Error", "<h1>Fatal Error</h1><p>Four-piece noise band from Ghent. New record out on 4 March. Next "
     "show: Vooruit, 12 February.</p><a href='/shop'>Shop</a><a href='/dates'>Dates</a>"),
)  # fmt: skip
JSON = (
    ("json-health", '{"status":"pass","checks":{"db":[{"status":"pass"}],"errors":[]}}'),
    ("json-ticket", '{"id":12,"title":"Error 500 on checkout","state":"closed","labels":["error","maintenance"]}'),
    ("json-version", '{"version":"2.4.1","maintenance":null,"message":"Welcome to the API"}'),
)


def written_pages(room: Room) -> Iterator[Shot]:
    """Serve them by nginx."""
    port = room.port()
    places = []
    for name, language, title, body in (*NOTICES, *OWN):
        room.write(
            f"www/{name}.html",
            f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>\n'
            f"<body>{body}</body></html>\n",
        )
    for name, body in JSON:
        room.write(f"www/{name}.json", body)
    room.write("www/testcookie.html", TESTCOOKIE)
    room.write("www/index.html", HEALTHY)
    places.append("types { text/html html; application/json json; }")
    room.write(
        "nginx.conf",
        f"daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}\n"
        f"http {{ access_log off; server {{ listen {HOST}:{port}; root {room.folder}/www; {' '.join(places)} }} }}\n",
    )
    with room.serve(["nginx", "-c", str(room.folder / "nginx.conf")], port):
        for name, _language, _title, _body in NOTICES:
            by = "a hosting firm's notice, in words as they use, served by nginx 1.22"
            yield Shot(name=f"notice-{name}", expect=PARKED, by=by, port=port, path=f"/{name}.html")
        yield Shot(
            name="testcookie",
            expect=CHALLENGE,
            by="the page of nginx's testcookie module, as its manual gives it",
            port=port,
            path="/testcookie.html",
        )
        for name, _language, _title, _body in OWN:
            by = "a site's own page, written for this set, served by nginx 1.22"
            yield Shot(name=f"own-{name}", expect="", by=by, port=port, path=f"/{name}.html")
        for name, _body in JSON:
            yield Shot(name=f"own-{name}", expect="", by="an interface's answer", port=port, path=f"/{name}.json")


MAKERS = (written_pages,)
