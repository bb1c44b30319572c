//! What people, mail programs and providers call the mailboxes of special use, in the languages of their users.

/// The names of one language for each use, the most frequent one first.
pub(super) struct Language {
    /// The tag of the language (BCP 47).
    #[cfg(test)]
    pub(super) tag: &'static str,
    pub(super) all: &'static [&'static str],
    pub(super) archive: &'static [&'static str],
    pub(super) drafts: &'static [&'static str],
    pub(super) flagged: &'static [&'static str],
    pub(super) junk: &'static [&'static str],
    pub(super) sent: &'static [&'static str],
    pub(super) trash: &'static [&'static str],
}

macro_rules! languages {
    ($($tag:literal: $all:expr, $archive:expr, $drafts:expr, $flagged:expr, $junk:expr, $sent:expr, $trash:expr;)*) => {
        /// In alphabetical order of the tags, but English first: most servers and programs use it whoever their users are.
        pub(super) const LANGUAGES: &[Language] = &[$(Language {
            #[cfg(test)]
            tag: $tag,
            all: &$all,
            archive: &$archive,
            drafts: &$drafts,
            flagged: &$flagged,
            junk: &$junk,
            sent: &$sent,
            trash: &$trash,
        },)*];
    };
}

languages! {
    "en": ["All Mail", "All"], ["Archive", "Archives", "Archived"], ["Drafts", "Draft"], ["Starred", "Flagged"],
        ["Junk", "Spam", "Junk E-mail", "Junk Email", "Junk Mail", "Bulk Mail", "Bulk"],
        ["Sent", "Sent Items", "Sent Messages", "Sent Mail", "Sent-mail"],
        ["Trash", "Deleted Items", "Deleted Messages", "Deleted", "Bin"];
    "ar": ["كل البريد"], ["الأرشيف", "أرشيف"], ["المسودات", "مسودات"], ["مميزة بنجمة", "المميّزة بنجمة"],
        ["البريد غير الهام", "بريد مزعج", "غير مرغوب فيه"],
        ["المرسلة", "المرسل", "العناصر المرسلة", "البريد المرسل", "الرسائل المرسلة"],
        ["المهملات", "سلة المهملات", "العناصر المحذوفة"];
    "bg": ["Цялата поща"], ["Архив", "Архиви"], ["Чернови"], ["Със звезда"], ["Спам", "Нежелана поща"],
        ["Изпратени", "Изпратени елементи"], ["Кошче", "Изтрити", "Изтрити елементи"];
    "ca": ["Tot el correu", "Tots els missatges"], ["Arxiu", "Arxius"], ["Esborranys"], ["Destacats"],
        ["Correu brossa"], ["Enviats", "Elements enviats", "Missatges enviats"],
        ["Paperera", "Elements suprimits"];
    "cs": ["Všechny zprávy"], ["Archiv", "Archivy"], ["Koncepty", "Rozepsané"], ["S hvězdičkou"],
        ["Nevyžádaná pošta", "Nevyžádané"], ["Odeslané", "Odeslaná pošta", "Odeslané zprávy"],
        ["Koš", "Odstraněná pošta", "Odstraněné"];
    "da": ["Alle mails", "Al mail"], ["Arkiv", "Arkiver"], ["Kladder", "Udkast"],
        ["Stjernemarkerede", "Stjernemarkeret"], ["Uønsket post", "Uønsket mail"],
        ["Sendt", "Sendte", "Sendt post", "Sendte mails"], ["Papirkurv", "Slettet post", "Slettet"];
    "de": ["Alle Nachrichten"], ["Archiv"], ["Entwürfe", "Entwurf"], ["Markiert"],
        ["Junk-E-Mail", "Spamverdacht", "Spam-Verdacht", "Unerwünscht", "Werbung"],
        ["Gesendet", "Gesendete Elemente", "Gesendete Objekte", "Gesendete Nachrichten"],
        ["Papierkorb", "Gelöschte Elemente", "Gelöschte Objekte", "Gelöscht"];
    "el": ["Όλα τα μηνύματα", "Όλη η αλληλογραφία"], ["Αρχείο", "Αρχειοθήκη"], ["Πρόχειρα"], ["Με αστέρι"],
        ["Ανεπιθύμητα", "Ανεπιθύμητη αλληλογραφία"], ["Απεσταλμένα", "Σταλμένα"],
        ["Κάδος απορριμμάτων", "Κάδος", "Απορρίμματα", "Διαγραμμένα"];
    "es": ["Todos", "Todo el correo"], ["Archivo", "Archivados"], ["Borradores", "Borrador"], ["Destacados"],
        ["Correo no deseado", "Correo basura", "No deseado"],
        ["Enviados", "Elementos enviados", "Mensajes enviados", "Correo enviado"],
        ["Papelera", "Elementos eliminados", "Mensajes eliminados", "Eliminados"];
    "et": ["Kõik kirjad"], ["Arhiiv"], ["Mustandid"], ["Tähega märgitud", "Tärniga"], ["Rämpspost"],
        ["Saadetud", "Saadetud kirjad", "Saadetud üksused"],
        ["Prügikast", "Prügi", "Kustutatud", "Kustutatud üksused"];
    "eu": ["Posta guztia", "Mezu guztiak"], ["Artxiboa"], ["Zirriborroak"], ["Izardunak", "Izarduna"],
        ["Zabor-posta", "Zaborra"], ["Bidalita", "Bidaliak", "Bidalitako elementuak"],
        ["Zakarrontzia", "Ezabatutako elementuak"];
    "fi": ["Kaikki viestit"], ["Arkisto", "Arkistot"], ["Luonnokset"], ["Tähdellä merkityt", "Tähdelliset"],
        ["Roskaposti"], ["Lähetetyt", "Lähetetyt kohteet", "Lähetetty"],
        ["Roskakori", "Poistetut", "Poistetut kohteet"];
    "fr": ["Tous les messages"], ["Archives", "Archivés"], ["Brouillons", "Brouillon"], ["Suivis", "Messages suivis"],
        ["Indésirables", "Courrier indésirable", "Pourriel", "Pourriels"],
        ["Envoyés", "Éléments envoyés", "Messages envoyés", "Courrier envoyé"],
        ["Corbeille", "Éléments supprimés", "Messages supprimés", "Supprimés"];
    "gl": ["Todas as mensaxes", "Todo o correo"], ["Arquivo"], ["Borradores"], ["Con estrela"], ["Correo lixo"],
        ["Enviados", "Elementos enviados", "Mensaxes enviadas"], ["Papeleira", "Lixo"];
    "he": ["כל הדואר"], ["ארכיון"], ["טיוטות"], ["מסומן בכוכב", "מסומנות בכוכב"], ["דואר זבל", "זבל", "ספאם"],
        ["נשלח", "דואר שנשלח", "פריטים שנשלחו"], ["אשפה", "פריטים שנמחקו"];
    "hi": ["सभी मेल"], ["संग्रह"], ["ड्राफ़्ट", "ड्राफ्ट"], ["तारांकित"], ["स्पैम", "जंक ईमेल"],
        ["भेजे गए", "भेजा गया मेल", "भेजे गए आइटम"], ["ट्रैश", "कचरा", "हटाए गए आइटम"];
    "hr": ["Sva pošta"], ["Arhiva"], ["Skice", "Nacrti"], ["Sa zvjezdicom"], ["Neželjena pošta", "Neželjeno"],
        ["Poslano", "Poslane stavke", "Poslane poruke"], ["Smeće", "Otpad", "Izbrisane stavke", "Obrisano"];
    "hu": ["Összes levél"], ["Archívum"], ["Piszkozatok"], ["Csillagozott"], ["Levélszemét"],
        ["Elküldött", "Elküldött elemek", "Elküldött üzenetek", "Elküldött levelek"],
        ["Kuka", "Lomtár", "Törölt elemek", "Törölt"];
    "id": ["Semua Email"], ["Arsip"], ["Draf", "Konsep"], ["Berbintang"], ["Email Sampah"],
        ["Terkirim", "Surat Terkirim", "Item Terkirim"], ["Sampah", "Tong Sampah", "Item Terhapus"];
    "is": ["Allur póstur"], ["Safn"], ["Drög"], ["Stjörnumerkt"], ["Ruslpóstur"],
        ["Sendur póstur", "Sendir hlutir"], ["Rusl", "Ruslafata", "Eyddir hlutir"];
    "it": ["Tutti i messaggi"], ["Archivio", "Archivi"], ["Bozze"], ["Speciali", "Contrassegnati"],
        ["Posta indesiderata", "Indesiderata"], ["Inviati", "Posta inviata", "Inviata", "Messaggi inviati"],
        ["Cestino", "Posta eliminata", "Eliminati"];
    "ja": ["すべてのメール"], ["アーカイブ"], ["下書き", "草稿"], ["スター付き"],
        ["迷惑メール", "ジャンクメール", "ジャンク"],
        ["送信済み", "送信済みメール", "送信済みアイテム", "送信済みトレイ"],
        ["ゴミ箱", "ごみ箱", "削除済み", "削除済みアイテム"];
    "ko": ["전체보관함", "전체 보관함"], ["보관함", "보관"], ["임시보관함", "임시 보관함"], ["별표편지함", "별표"],
        ["스팸함", "스팸메일함", "스팸 메일함", "정크 메일"],
        ["보낸편지함", "보낸 편지함", "보낸메일함", "보낸 메일함"], ["휴지통", "지운 편지함", "삭제된 항목"];
    "lt": ["Visi laiškai"], ["Archyvas", "Archyvai"], ["Juodraščiai"], ["Pažymėti žvaigždute", "Su žvaigždute"],
        ["Šlamštas", "Brukalas", "Pašto šiukšlės"], ["Išsiųsti", "Išsiųsti laiškai", "Išsiųsti elementai"],
        ["Šiukšlinė", "Šiukšliadėžė", "Naikinti elementai"];
    "lv": ["Visas vēstules"], ["Arhīvs"], ["Melnraksti"], ["Ar zvaigznīti"], ["Mēstules", "Surogātpasts"],
        ["Nosūtītie", "Nosūtītās", "Nosūtītie vienumi"],
        ["Miskaste", "Atkritne", "Izdzēstie", "Izdzēstie vienumi"];
    "nb": ["All e-post"], ["Arkiv"], ["Utkast", "Kladder"], ["Stjernemerket", "Med stjerne"],
        ["Søppelpost", "Useriøs e-post"], ["Sendt", "Sendte elementer", "Sendt e-post"],
        ["Papirkurv", "Papirkurven", "Slettede elementer", "Slettet"];
    "nl": ["Alle e-mail", "Alle berichten"], ["Archief", "Archieven"], ["Concepten"], ["Met ster"],
        ["Ongewenste e-mail", "Ongewenst"], ["Verzonden", "Verzonden items", "Verzonden berichten"],
        ["Prullenbak", "Verwijderde items", "Verwijderde berichten", "Verwijderd"];
    "pl": ["Wszystkie"], ["Archiwum", "Archiwa"], ["Wersje robocze", "Szkice", "Kopie robocze", "Robocze"],
        ["Oznaczone gwiazdką"], ["Wiadomości-śmieci", "Wiadomości śmieci", "Niechciane"],
        ["Wysłane", "Elementy wysłane"], ["Kosz", "Elementy usunięte", "Usunięte"];
    "pt": ["Todos os e-mails", "Todo o correio"], ["Arquivo", "Arquivos", "Arquivo morto"],
        ["Rascunhos", "Rascunho"], ["Com estrela"],
        ["Lixo eletrônico", "Lixo Eletrónico", "Correio não solicitado", "Não solicitado"],
        ["Enviados", "Enviadas", "Itens enviados", "E-mails enviados", "Correio enviado", "Mensagens enviadas"],
        ["Lixeira", "Itens excluídos", "Itens eliminados", "Reciclagem", "Excluídos"];
    "ro": ["Toate mesajele"], ["Arhivă", "Arhive"], ["Ciorne", "Schițe"], ["Cu stea"],
        ["Mesaje nedorite", "Poștă nedorită", "E-mail nedorit", "Nedorite"],
        ["Trimise", "Elemente trimise", "Mesaje trimise"], ["Coș de gunoi", "Coș", "Gunoi", "Elemente șterse"];
    "ru": ["Вся почта"], ["Архив", "Архивы"], ["Черновики"], ["Помеченные"], ["Спам", "Нежелательная почта"],
        ["Отправленные", "Отправленные элементы"], ["Корзина", "Удаленные", "Удалённые"];
    "sk": ["Všetky správy"], ["Archív", "Archívy"], ["Koncepty", "Rozpísané"], ["S hviezdičkou"],
        ["Nevyžiadaná pošta", "Nevyžiadané"], ["Odoslané", "Odoslaná pošta", "Odoslané správy"],
        ["Kôš", "Odstránené položky", "Odstránená pošta"];
    "sl": ["Vsa pošta"], ["Arhiv"], ["Osnutki"], ["Z zvezdico"], ["Neželena pošta", "Vsiljena pošta"],
        ["Poslano", "Poslana pošta", "Poslani predmeti"], ["Smeti", "Koš", "Izbrisano", "Izbrisani elementi"];
    "sr": ["Све поруке", "Сва пошта"], ["Архива"], ["Недовршене", "Недовршено", "Нацрти"], ["Са звездицом"],
        ["Непожељно", "Непожељна пошта", "Нежељена пошта"], ["Послато", "Послате", "Послате ставке"],
        ["Отпад", "Смеће", "Избрисане ставке"];
    "sv": ["Alla mejl", "Alla meddelanden"], ["Arkiv"], ["Utkast"], ["Stjärnmärkt", "Stjärnmärkta"],
        ["Skräppost"], ["Skickat", "Skickade", "Skickade objekt", "Skickade meddelanden"],
        ["Papperskorgen", "Papperskorg", "Borttaget", "Borttagna objekt"];
    "th": ["จดหมายทั้งหมด"], ["ที่เก็บถาวร", "เก็บถาวร"], ["แบบร่าง", "จดหมายร่าง", "ร่างจดหมาย"],
        ["ติดดาว", "ที่ติดดาว"], ["จดหมายขยะ", "อีเมลขยะ", "สแปม"], ["ส่งแล้ว", "จดหมายที่ส่งแล้ว", "รายการที่ส่ง"],
        ["ถังขยะ", "รายการที่ถูกลบ"];
    "tr": ["Tüm Postalar"], ["Arşiv", "Arşivler"], ["Taslaklar"], ["Yıldızlı"],
        ["Önemsiz", "Önemsiz E-posta", "Gereksiz"],
        ["Gönderilmiş", "Gönderilmiş Postalar", "Gönderilmiş Öğeler", "Gönderilenler"],
        ["Çöp Kutusu", "Çöp", "Silinmiş Öğeler", "Silinmiş"];
    "uk": ["Уся пошта", "Вся пошта"], ["Архів", "Архіви"], ["Чернетки"], ["Із зірочкою", "Позначені зірочкою"],
        ["Спам", "Небажана пошта"], ["Надіслані", "Відправлені", "Надіслане"], ["Кошик", "Видалені", "Смітник"];
    "vi": ["Tất cả thư"], ["Lưu trữ"], ["Thư nháp", "Bản nháp"], ["Có gắn dấu sao"], ["Thư rác", "Email rác"],
        ["Thư đã gửi", "Đã gửi", "Mục đã gửi"], ["Thùng rác", "Mục đã xóa", "Đã xóa"];
    "zh-Hans": ["所有邮件"], ["归档", "存档"], ["草稿", "草稿箱", "草稿夹"], ["已加星标", "星标邮件"], ["垃圾邮件"],
        ["已发送", "已发送邮件", "已发邮件"], ["已删除", "已删除邮件", "废件箱"];
    "zh-Hant": ["所有郵件", "全部郵件"], ["封存", "歸檔"], ["草稿", "草稿匣", "草稿夾"], ["已加星號"], ["垃圾郵件", "垃圾信件"],
        ["寄件備份", "已傳送郵件", "寄件備份匣"], ["垃圾桶", "刪除的郵件", "已刪除郵件"];
}
