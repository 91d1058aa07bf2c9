//! Files in a bucket: the same as in a folder, on an S3 server of the test's own.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use crate::s3::{BUCKET, S3};
use storage::backup::{BackupPlace, Bucket as BackupBucket};
use storage::blobs::{BlobError, BlobName, Blobs, Bucket, KeyRing, NewKey, Stored};

/// More than two parts of a bucket.
const LARGE_BYTES: usize = 12 << 20;

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test)
}

fn described(server: &S3) -> Bucket {
    Bucket {
        name: BUCKET.to_owned(),
        endpoint: Some(server.endpoint()),
        region: "us-east-1".to_owned(),
        allow_http: true,
        ca_pem: None,
        access_key: "who".to_owned(),
        secret_key: "secret".to_owned(),
    }
}

fn files(bucket: &Bucket) -> Blobs {
    Blobs::bucket(bucket, Arc::new(KeyRing::of([1; 32]))).unwrap()
}

async fn put(files: &Blobs, of: u8, bytes: &[u8]) -> Result<(BlobName, Stored), BlobError> {
    let name = BlobName::of([of; 16]);
    let mut upload = files.upload(&name, &NewKey::of([of; 32], [of; 24]), u64::MAX)?;
    for piece in bytes.chunks(100_000) {
        upload.write(piece).await?;
    }
    Ok((name, upload.finish().await?))
}

async fn get(files: &Blobs, name: &BlobName, stored: &Stored) -> Result<Vec<u8>, BlobError> {
    files.read(name, Some(&stored.key))?.whole().await
}

#[test]
fn small_and_large_files_come_back_as_they_were_and_lie_there_sealed() {
    let server = S3::start();
    let files = files(&described(&server));
    run(async {
        let large: Vec<u8> = (0..LARGE_BYTES).map(|at| u8::try_from(at % 251).unwrap()).collect();
        for (of, bytes) in [(1, &b"a scan"[..]), (2, &[]), (3, &large), (4, &large[..5 << 20])] {
            let (name, stored) = put(&files, of, bytes).await.unwrap();
            assert!(get(&files, &name, &stored).await.unwrap() == bytes, "{} bytes", bytes.len());
            let listed = files.raw_list(of).await.unwrap();
            assert_eq!(listed.len(), 1);
            let lies = files.raw_get(&name).whole().await.unwrap();
            assert_eq!((listed[0].name.clone(), listed[0].size_bytes), (name, u64::try_from(lies.len()).unwrap()));
            assert!(bytes.is_empty() || !lies.starts_with(&bytes[..bytes.len().min(6)]), "nothing is there in plain");
        }
        let missing = files.raw_get(&BlobName::of([9; 16])).next().await.unwrap_err();
        assert!(matches!(missing, BlobError::Missing { .. }), "{missing:?}");
    });
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let server = S3::start();
    let files = files(&described(&server));
    run(async {
        let unfinished = || server.ask("GET", &format!("/{BUCKET}?uploads")).contains("<Upload>");
        let name = BlobName::of([1; 16]);
        let mut upload = files.upload(&name, &NewKey::of([1; 32], [1; 24]), 8 << 20).unwrap();
        upload.write(&vec![1; 6 << 20]).await.unwrap();
        assert!(unfinished(), "the first part is there");
        assert!(matches!(upload.write(&vec![1; 6 << 20]).await, Err(BlobError::TooLarge { .. })));
        assert!(!unfinished());
        let mut upload = files.upload(&name, &NewKey::of([1; 32], [1; 24]), u64::MAX).unwrap();
        upload.write(&vec![1; 6 << 20]).await.unwrap();
        drop(upload);
        while unfinished() {
            tokio::task::yield_now().await;
        }
        assert_eq!(files.raw_list(1).await.unwrap(), []);
    });
}

#[test]
fn a_bucket_that_is_away_is_told_from_a_file_that_is_not_there() {
    let mut server = S3::start();
    let files = files(&described(&server));
    run(async {
        let (name, stored) = put(&files, 1, b"a scan").await.unwrap();
        server.stop();
        for failed in [
            get(&files, &name, &stored).await.unwrap_err(),
            put(&files, 2, b"another").await.unwrap_err(),
            put(&files, 3, &vec![0; 6 << 20]).await.unwrap_err(),
            files.raw_list(1).await.unwrap_err(),
            files.delete(&name).await.unwrap_err(),
            files.claim("house").await.unwrap_err(),
        ] {
            assert!(failed.is_unavailable(), "{failed:?}");
            assert!(!format!("{failed:?}").contains("secret"), "{failed:?}");
        }
        server.start_again();
        // What it forgot is missing now, which is another thing than being away.
        assert!(matches!(get(&files, &name, &stored).await, Err(BlobError::Missing { .. })));
        assert_eq!(get(&files, &name, &put(&files, 1, b"a scan").await.unwrap().1).await.unwrap(), b"a scan");
        assert_eq!(files.remove_unfinished_older_than(i64::MAX).await.unwrap(), 0);
        files.claim("one house").await.unwrap();
        files.claim("one house").await.unwrap();
        assert!(matches!(files.claim("another").await, Err(BlobError::AnotherHouse { .. })));
    });
}

#[test]
fn a_bucket_that_is_not_there_is_no_missing_file_when_something_is_put() {
    let server = S3::start();
    let files = files(&Bucket { name: "no-such-bucket".to_owned(), ..described(&server) });
    run(async {
        let failed = put(&files, 1, b"a scan").await.unwrap_err();
        assert!(failed.is_unavailable(), "{failed:?}");
    });
}

#[test]
fn without_tls_nothing_is_sent_unless_that_is_allowed() {
    let server = S3::start();
    let files = files(&Bucket { allow_http: false, ..described(&server) });
    run(async {
        let failed = put(&files, 1, b"a scan").await.unwrap_err();
        assert!(failed.is_unavailable(), "{failed:?}");
        assert!(!server.ask("GET", &format!("/{BUCKET}?list-type=2")).contains("<Contents>"));
    });
}

/// An error with everything behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(chain).unwrap_or_default();
    format!("{error}: {cause}")
}

#[test]
fn a_server_with_tls_is_believed_where_its_certificate_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let (server, pem) = S3::start_with_tls(folder.path());
    let secure = Bucket { endpoint: Some(server.endpoint_with_tls()), allow_http: false, ..described(&server) };
    run(async {
        let stranger = put(&files(&secure), 1, b"a scan").await.unwrap_err();
        assert!(chain(&stranger).contains("certificate"), "{}", chain(&stranger));
        let known = files(&Bucket { ca_pem: Some(pem), ..secure.clone() });
        // There is no bucket, and it is the server that says so.
        let answered = put(&known, 1, b"a scan").await.unwrap_err();
        assert!(chain(&answered).contains("NoSuchBucket"), "{}", chain(&answered));
    });
}

/// A server that sends whoever asks to another one; its address.
fn that_sends_on(status: u16, to: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer =
        format!("HTTP/1.1 {status} Over there\r\nLocation: {to}/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4_096];
            drop(stream.read(&mut asked));
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    address
}

#[test]
fn a_server_that_points_elsewhere_is_not_followed() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let bait = format!("http://{}", trap.local_addr().unwrap());
    for status in [301, 302, 303, 307, 308] {
        let endpoint = that_sends_on(status, &bait);
        let bucket = Bucket {
            name: BUCKET.to_owned(),
            endpoint: Some(endpoint.clone()),
            region: "us-east-1".to_owned(),
            allow_http: true,
            ca_pem: None,
            access_key: "who".to_owned(),
            secret_key: "secret".to_owned(),
        };
        let files = files(&bucket);
        let backups = BackupPlace::bucket(&BackupBucket {
            name: BUCKET.to_owned(),
            prefix: String::new(),
            endpoint: Some(endpoint),
            region: "us-east-1".to_owned(),
            access_key: "who".to_owned(),
            secret_key: "secret".to_owned(),
        });
        run(async {
            let name = BlobName::of([1; 16]);
            assert!(files.raw_get(&name).next().await.unwrap_err().is_unavailable(), "{status}");
            assert!(put(&files, 1, b"a scan").await.unwrap_err().is_unavailable(), "{status}");
            assert!(files.raw_list(1).await.unwrap_err().is_unavailable(), "{status}");
            assert!(files.claim("house").await.unwrap_err().is_unavailable(), "{status}");
            assert!(backups.unwrap().names().await.is_err(), "{status}");
        });
    }
    assert_eq!(trap.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "somebody went there");
}
