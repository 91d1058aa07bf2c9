//! Many closures that share one commit.

use std::sync::MutexGuard;

use super::{
    error::StorageError,
    on_server::OnServer,
    tx::{Control, Tx},
    writer::Writer,
};

/// Many closures that share one commit, on the thread of the caller: for an import, or to build the demo.
///
/// In a file it holds the writer: everybody else waits until it is committed or dropped. On a server the others go on, but
/// for the rows and locks it has taken; it may lie still for a minute at most. Dropping it undoes all of it. Do not write to
/// the [`Db`](super::Db) in another way on the same thread meanwhile: it would wait for itself.
pub struct Batch<'d> {
    held: Held<'d>,
    lost: bool,
}

enum Held<'d> {
    InFile(MutexGuard<'d, Writer>),
    /// `None` once it is committed.
    OnServer(&'d OnServer, Option<Box<Tx>>),
}

impl<'d> Batch<'d> {
    pub(super) fn in_file(mut writer: MutexGuard<'d, Writer>) -> Result<Self, StorageError> {
        writer.tx().control(Control::BeginWrite)?;
        Ok(Self { held: Held::InFile(writer), lost: false })
    }

    pub(super) fn on_server(server: &'d OnServer, mut tx: Tx) -> Result<Self, StorageError> {
        tx.control(Control::BeginWrite)?;
        Ok(Self { held: Held::OnServer(server, Some(Box::new(tx))), lost: false })
    }

    /// Runs a closure; its error or panic undoes its own work only. Durable only after [`Batch::commit`].
    ///
    /// # Errors
    /// Its own, or the batch is lost.
    pub fn write<T, E: From<StorageError>>(&mut self, work: impl Fn(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        self.check()?;
        let tx = match &mut self.held {
            Held::InFile(writer) => writer.tx(),
            Held::OnServer(_, Some(tx)) => tx,
            Held::OnServer(_, None) => return Err(lost().into()),
        };
        let outcome = tx.isolated(work);
        self.lost = !tx.is_open();
        outcome
    }

    /// Makes all of it durable.
    ///
    /// # Errors
    /// Nothing was kept; or, after [`StorageError::Unconfirmed`], nobody knows.
    pub fn commit(mut self) -> Result<(), StorageError> {
        self.check()?;
        match &mut self.held {
            Held::InFile(writer) => writer.commit(),
            Held::OnServer(server, tx) => tx.take().map_or_else(|| Err(lost()), |tx| server.commit(*tx)),
        }
    }

    fn check(&self) -> Result<(), StorageError> {
        if self.lost { Err(lost()) } else { Ok(()) }
    }
}

fn lost() -> StorageError {
    StorageError::Lost { doing: "the rest of the batch".to_owned() }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        match &mut self.held {
            Held::InFile(writer) => writer.roll_back(),
            Held::OnServer(server, tx) => {
                if let Some(tx) = tx.take() {
                    server.give_back(*tx);
                }
            }
        }
    }
}
