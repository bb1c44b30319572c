use std::future::poll_fn;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;

fn pair(buffer: usize) -> (Deflated, Deflated) {
    let (ours, theirs) = duplex(buffer);
    (Deflated::new(Box::new(ours), BytesMut::new()), Deflated::new(Box::new(theirs), BytesMut::new()))
}

fn deflated(octets: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut compressed = Vec::with_capacity(octets.len().min(100_000) + 1000);
    let mut compress = Compress::new(Compression::best(), false);
    compress.compress_vec(octets, &mut compressed, flush).unwrap();
    assert_eq!(compress.total_in(), octets.len() as u64);
    compressed
}

/// Text, and octets that do not get shorter.
fn octets(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let noise = (0..length / 2).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    b"A line of text.\r\n".iter().copied().cycle().take(length - length / 2).chain(noise).collect()
}

/// Sends `octets` and reads what the other side sends, at the same time.
async fn exchange(stream: Deflated, octets: &[u8]) -> Vec<u8> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut received = Vec::new();
    let write = async {
        writer.write_all(octets).await?;
        writer.shutdown().await
    };
    tokio::try_join!(write, reader.read_to_end(&mut received)).unwrap();
    received
}

#[tokio::test]
async fn what_is_flushed_arrives_and_both_ways_work_at_once() {
    for buffer in [1, 7, 100_000] {
        let (ours, theirs) = pair(buffer);
        let counters = [ours.counter(), theirs.counter()];
        let (one, other) = (octets(50_000), octets(40_000));
        let (received, echoed) = tokio::join!(exchange(ours, &one), exchange(theirs, &other[..]));
        assert!(received == other && echoed == one);
        let [ours, theirs] = counters.map(|counter| counter.octets());
        assert!(ours.sent < 30_000, "half of it is noise: {ours:?}");
        assert!(theirs.received == ours.sent);
    }
}

#[tokio::test]
async fn a_flush_with_nothing_to_flush_sends_nothing() {
    let (mut ours, theirs) = pair(1000);
    ours.flush().await.unwrap();
    assert_eq!(ours.octets.octets().sent, 0);
    ours.write_all(b"a NOOP\r\n").await.unwrap();
    ours.flush().await.unwrap();
    let sent = ours.octets.octets().sent;
    assert!(sent > 0);
    ours.flush().await.unwrap();
    assert_eq!(ours.octets.octets().sent, sent);
    drop(theirs);
}

#[tokio::test]
async fn what_was_read_before_comes_first_and_single_octets_do() {
    let text = b"* OK one\r\n* OK two\r\n".repeat(50);
    let compressed = deflated(&text, FlushCompress::Sync);
    for cut in 0..=compressed.len() {
        let (near, mut far) = duplex(compressed.len() + 1);
        let (before, after) = compressed.split_at(cut);
        far.write_all(after).await.unwrap();
        let mut stream = Deflated::new(Box::new(near), BytesMut::from(before));
        let mut received = Vec::new();
        for _ in 0..text.len() {
            received.push(stream.read_u8().await.unwrap());
        }
        assert!(received == text, "cut at {cut}");
        drop(far);
        assert_eq!(stream.read(&mut [0; 10]).await.unwrap(), 0, "the end of the line is an end");
        assert_eq!(stream.octets.octets().received, compressed.len() as u64);
    }
}

/// Reads with a small buffer, and returns how much of the peer's octets was taken off the line.
async fn read_some(stream: &mut Deflated, reads: usize) -> usize {
    let mut buffer = [0; 100];
    for _ in 0..reads {
        let mut buffer = ReadBuf::new(&mut buffer);
        poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer)).await.unwrap();
        assert_eq!(buffer.filled(), [0; 100]);
    }
    usize::try_from(stream.octets.octets().received).unwrap()
}

#[tokio::test]
async fn a_bomb_takes_no_more_than_what_is_read_of_it() {
    let bomb = deflated(&vec![0; 64 << 20], FlushCompress::Sync);
    assert!(bomb.len() < 70_000 && bomb.len() > 3 * PIECE, "that is the bomb: {}", bomb.len());
    let (near, mut far) = duplex(bomb.len());
    far.write_all(&bomb).await.unwrap();
    let mut stream = Deflated::new(Box::new(near), BytesMut::new());
    let taken = read_some(&mut stream, 1000).await;
    assert!(taken <= PIECE + 1 && stream.input.capacity() <= 2 * PIECE, "{taken}");
    assert!(stream.inflate.total_out() <= 100_000, "nothing is inflated that nobody has room for");
}

#[tokio::test]
async fn a_peer_that_reads_nothing_stops_the_writer() {
    let (mut ours, theirs) = pair(100);
    let sent = octets(1 << 20);
    let noise = &sent[sent.len() / 2..];
    let mut taken = 0;
    let waits = poll_fn(|cx| {
        loop {
            match Pin::new(&mut ours).poll_write(cx, &noise[taken..]) {
                Poll::Ready(written) => taken += written.unwrap(),
                Poll::Pending => return Poll::Ready(true),
            }
        }
    });
    assert!(waits.await);
    assert!(taken < WAITING + 3 * PIECE, "{taken}");
    assert!(ours.output.len() < WAITING + 3 * PIECE);
    drop(theirs);
}

#[tokio::test]
async fn a_peer_that_is_always_a_little_behind_does_not_make_it_hold_more() {
    let (near, mut far) = duplex(1000);
    let mut stream = Deflated::new(Box::new(near), BytesMut::new());
    let sent = octets(1 << 20);
    let noise = &sent[sent.len() / 2..];
    let reader = tokio::spawn(async move { far.read_to_end(&mut Vec::new()).await });
    for _ in 0..4 {
        stream.write_all(noise).await.unwrap();
        assert!(stream.output.len() < 2 * WAITING + 3 * PIECE, "{}", stream.output.len());
    }
    drop(stream);
    reader.await.unwrap().unwrap();
}

async fn reading(octets: &[u8]) -> io::Result<Vec<u8>> {
    let (near, mut far): (DuplexStream, _) = duplex(octets.len() + 1);
    far.write_all(octets).await.unwrap();
    drop(far);
    let mut received = Vec::new();
    Deflated::new(Box::new(near), BytesMut::new()).read_to_end(&mut received).await?;
    Ok(received)
}

#[tokio::test]
async fn ends_and_octets_that_are_not_deflate() {
    let mut ended = deflated(b"* BYE\r\n", FlushCompress::Finish);
    assert_eq!(reading(&ended).await.unwrap(), b"* BYE\r\n");
    ended.extend_from_slice(b"more");
    assert_eq!(reading(&ended).await.unwrap(), b"* BYE\r\n", "what follows the end is not read");
    for wrong in [&b"* OK plaintext\r\n"[..], b"\xFF\xFF\xFF", b"\x06"] {
        assert_eq!(reading(wrong).await.unwrap_err().kind(), io::ErrorKind::InvalidData, "{wrong:?}");
    }
}

/// A line that was compressed, and is no longer after the first of these two texts.
fn ending(first: &[u8], flush: FlushCompress, then: &[u8]) -> Vec<u8> {
    [&deflated(first, flush), then].concat()
}

#[tokio::test]
async fn compression_ends_after_a_line_whatever_was_read_with_it() {
    let line = b"a1 OK nobody is logged in any more\r\n";
    let then = b"* OK [CAPABILITY IMAP4rev1] hello\r\n\0\0\xFF\xFFb OK\r\n";
    for flush in [FlushCompress::Sync, FlushCompress::Full, FlushCompress::Finish] {
        let wire = ending(line, flush, then);
        for cut in 0..=wire.len() {
            let (near, mut far) = duplex(wire.len() + 1);
            let (before, after) = wire.split_at(cut);
            far.write_all(after).await.unwrap();
            let mut stream = Deflated::new(Box::new(near), BytesMut::from(before));
            stream.set_careful(true);
            let mut received = Vec::new();
            while !received.ends_with(b"\n") {
                assert!(stream.read_buf(&mut received).await.unwrap() > 0);
            }
            assert_eq!(received, line, "{flush:?}, cut at {cut}");
            stream.end();
            let mut received = Vec::new();
            drop(far);
            stream.read_to_end(&mut received).await.unwrap();
            assert_eq!(received, then, "{flush:?}, cut at {cut}");
        }
    }
}

#[tokio::test]
async fn what_is_written_after_the_end_goes_as_it_is() {
    for buffer in [1, 7, 1000] {
        let (near, mut far) = duplex(buffer);
        let mut stream = Deflated::new(Box::new(near), BytesMut::new());
        let reader = tokio::spawn(async move {
            let mut received = Vec::new();
            far.read_to_end(&mut received).await.unwrap();
            received
        });
        stream.write_all(b"a UNAUTHENTICATE\r\n").await.unwrap();
        stream.flush().await.unwrap();
        stream.end();
        stream.write_all(b"b NOOP\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
        let mut inflate = Decompress::new(false);
        let (received, mut heard) = (reader.await.unwrap(), Vec::with_capacity(100));
        let (compressed, plain) = received.split_at(received.len() - b"b NOOP\r\n".len());
        inflate.decompress_vec(compressed, &mut heard, FlushDecompress::Sync).unwrap();
        assert_eq!((&heard[..], plain), (&b"a UNAUTHENTICATE\r\n"[..], &b"b NOOP\r\n"[..]));
        assert!(compressed.ends_with(b"\0\0\xFF\xFF"));
    }
}

#[tokio::test]
async fn what_is_no_end_of_a_flush_is_an_error() {
    let line = b"a1 OK bye\r\n";
    let flushed = deflated(line, FlushCompress::Sync);
    let cut = flushed.len() - 4;
    let more = deflated(b"a1 OK bye\r\n* OK more\r\n", FlushCompress::Sync);
    for wire in [[&flushed[..cut], b"* OK plaintext that no flush comes before\r\n"].concat(), more] {
        let mut stream = Deflated::new(Box::new(tokio::io::empty()), BytesMut::from(&wire[..]));
        stream.set_careful(true);
        let mut received = Vec::new();
        while !received.ends_with(b"\n") {
            stream.read_buf(&mut received).await.unwrap();
        }
        stream.end();
        let error = stream.read_to_end(&mut received).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(received, line);
    }
}

#[tokio::test]
async fn a_line_may_be_compressed_again() {
    let (near, mut far) = duplex(1000);
    let (mut line, _) = Line::Plain(Box::new(near)).compress(BytesMut::new());
    for round in 0..3 {
        let Line::Deflated(stream) = &mut line else { panic!("it is not compressed") };
        far.write_all(&deflated(b"* OK one\r\n", FlushCompress::Sync)).await.unwrap();
        stream.set_careful(true);
        let mut received = [0; 10];
        stream.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"* OK one\r\n", "{round}");
        stream.end();
        far.write_all(b"plain").await.unwrap();
        line.read_exact(&mut received[..5]).await.unwrap();
        assert_eq!(&received[..5], b"plain");
        // Some octets were read before COMPRESS was answered.
        let compressed = deflated(b"* OK two\r\n", FlushCompress::Sync);
        far.write_all(&compressed[3..]).await.unwrap();
        let (again, counter) = line.compress(BytesMut::from(&compressed[..3]));
        line = again;
        line.read_exact(&mut received).await.unwrap();
        assert_eq!((&received, counter.octets().received), (b"* OK two\r\n", compressed.len() as u64));
        // The compressor of the next round begins anew.
        let Line::Deflated(stream) = &mut line else { panic!("it is not compressed") };
        stream.set_careful(true);
        stream.end();
        let (again, _) = line.compress(BytesMut::new());
        line = again;
    }
}
