// The emoji of the picker, each with words to find it by, in the languages of the window. Those people use most; any other can be pasted.

export interface Emoji {
  readonly text: string;
  /** Words in English and German; the first one of each is its name. */
  readonly en: string;
  readonly de: string;
}

const ROWS = `😀 grin smile|Grinsen Lächeln
😄 laugh happy|Lachen fröhlich
😂 tears of joy laugh|Freudentränen Lachen
🙂 slight smile|leichtes Lächeln
😉 wink|Zwinkern
😊 blush smile|Erröten Lächeln
😍 heart eyes love|Herzaugen Liebe
😘 kiss|Kuss
😎 cool sunglasses|cool Sonnenbrille
🤔 thinking hmm|Nachdenken hm
😐 neutral|neutral
🙄 eye roll|Augenrollen
😏 smirk|Schmunzeln
😴 asleep tired|Schlafen müde
😌 relieved|erleichtert
😕 confused|verwirrt
🙁 frown sad|traurig
😮 surprised wow|überrascht
😢 cry sad|Weinen traurig
😭 sob cry|Heulen weinen
😡 angry|wütend
😱 scream fear|Schrei Angst
🤯 mind blown|überwältigt
🥳 party celebrate|Feiern Party
🤒 ill fever|krank Fieber
🤗 hug|Umarmung
🤦 facepalm|Hand vor dem Gesicht
🤷 shrug|Schulterzucken
👍 thumbs up yes good|Daumen hoch ja gut
👎 thumbs down no|Daumen runter nein
👌 okay fine|okay gut
👏 clap applause|Klatschen Applaus
🙏 please thanks|bitte danke
👋 wave hello bye|Winken hallo tschüss
🤝 handshake deal|Handschlag
💪 strong muscle|stark Muskel
✌️ victory peace|Sieg Frieden
🤞 fingers crossed luck|Daumen drücken Glück
👀 eyes look|Augen schauen
❤️ heart love|Herz Liebe
💔 broken heart|gebrochenes Herz
💯 hundred perfect|hundert perfekt
✅ done check|erledigt Haken
❌ cross no|Kreuz nein
❓ question|Frage
❗ exclamation important|Ausrufezeichen wichtig
⚠️ warning|Warnung
💡 idea bulb|Idee Glühbirne
🔥 fire hot|Feuer heiß
✨ sparkles|Funkeln
⭐ star|Stern
🎉 celebrate tada|Feiern Konfetti
🎂 cake birthday|Torte Geburtstag
🎁 gift present|Geschenk
🏆 trophy win|Pokal gewonnen
🌞 sun|Sonne
🌧️ rain|Regen
❄️ snow cold|Schnee kalt
🌈 rainbow|Regenbogen
🌱 plant grow|Pflanze wachsen
🌹 rose flower|Rose Blume
🐱 cat|Katze
🐶 dog|Hund
🐢 turtle slow|Schildkröte langsam
🐛 bug|Käfer Fehler
☕ coffee tea|Kaffee Tee
🍺 beer|Bier
🍷 wine|Wein
🍕 pizza|Pizza
🍎 apple|Apfel
🍰 cake dessert|Kuchen Nachtisch
🚆 train|Zug
🚗 car|Auto
🚲 bicycle|Fahrrad
✈️ plane travel|Flugzeug Reise
🏠 house home|Haus Zuhause
🏢 office work|Büro Arbeit
🏖️ beach holiday|Strand Urlaub
⏰ alarm time|Wecker Zeit
📅 calendar date|Kalender Datum
📞 telephone call|Telefon Anruf
💻 laptop computer|Laptop Rechner
📧 mail|Mail
📎 attachment|Anhang
📷 photo camera|Foto Kamera
🎵 music|Musik
📚 books|Bücher
✏️ pencil write|Stift schreiben
🔒 lock secure|Schloss sicher
🔑 key|Schlüssel
🔧 tool fix|Werkzeug reparieren
🚀 rocket fast|Rakete schnell
💤 sleep zzz|Schlaf
👻 ghost|Gespenst
🤖 robot|Roboter
🫡 salute|Salut
🫠 melting|Schmelzen`;

export const emojis: readonly Emoji[] = ROWS.split('\n').map((row) => {
  const space = row.indexOf(' ');
  const [en = '', de = ''] = row.slice(space + 1).split('|');
  return { text: row.slice(0, space), en, de };
});
