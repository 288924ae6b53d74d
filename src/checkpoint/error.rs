//! What can be wrong with a checkpoint.

use super::data_type::DataType;

/// Why a TensorFlow checkpoint could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The bytes are of another format, or cut so short that the format cannot be seen.
    #[error(
        "this is not a TensorFlow V2 checkpoint index ({reason}): give the file that ends in .index, or the prefix \
         that it shares with its .data files"
    )]
    NotAnIndex {
        /// What was seen instead.
        reason: String,
    },
    /// The index is of the right format, but its bytes contradict themselves.
    #[error("the checkpoint index is damaged near byte {offset} ({what}): copy or download it again")]
    Damaged {
        /// What does not fit.
        what: String,
        /// Where, in bytes from the start of the index.
        offset: u64,
    },
    /// A block of the index does not match the checksum behind it.
    #[error(
        "the checkpoint index is damaged: the block at byte {offset} has checksum {computed:08x}, but {stored:08x} was \
         written: copy or download it again"
    )]
    BlockChecksum {
        /// The block's first byte.
        offset: u64,
        /// The masked CRC-32C in the block's trailer.
        stored: u32,
        /// The masked CRC-32C of the bytes that are there.
        computed: u32,
    },
    /// A block is compressed, which TensorFlow's checkpoint writer never does.
    #[error(
        "the block at byte {offset} of this index is compressed (snappy), which this reader does not undo: save the \
         checkpoint again with tf.train.Saver, which writes plain blocks"
    )]
    Compressed {
        /// The block's first byte.
        offset: u64,
    },
    /// Written on a big-endian machine.
    #[error(
        "this checkpoint was written on a big-endian machine: save it again on a little-endian one (x86, ARM)"
    )]
    BigEndian,
    /// The format asks for a newer reader.
    #[error(
        "this checkpoint asks for a reader of format version {needed} or later, and this one knows version 1: save it \
         again with an older TensorFlow"
    )]
    TooNew {
        /// The least version that the file asks for.
        needed: u64,
    },
    /// No tensor of this name.
    #[error("the checkpoint holds no tensor `{name}`: list its tensors and check the name")]
    NoSuchTensor {
        /// The name that was asked for.
        name: String,
    },
    /// The tensor is not of 32-bit floats.
    #[error("tensor `{name}` holds {dtype}, not float32: cast it to tf.float32 and save again")]
    WrongType {
        /// The tensor.
        name: String,
        /// What it holds.
        dtype: DataType,
    },
    /// The tensor was saved in pieces by a partitioned variable.
    #[error(
        "tensor `{name}` was saved in slices (a partitioned variable): save it again without a partitioner"
    )]
    Sliced {
        /// The tensor.
        name: String,
    },
    /// Shape and size in bytes contradict each other.
    #[error(
        "the index says that tensor `{name}` has shape {shape:?} and {size} bytes, which do not match: it is damaged, copy or download it again"
    )]
    SizeMismatch {
        /// The tensor.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
        /// Its size in bytes by the index.
        size: u64,
    },
    /// The caller could not give the data file that holds the tensor.
    #[error(
        "tensor `{name}` lies in the data file that ends in .data-{shard:05}-of-{shards:05}, which was not given: put it beside the index"
    )]
    ShardMissing {
        /// The tensor.
        name: String,
        /// The data file's number.
        shard: u32,
        /// How many data files the checkpoint has.
        shards: u32,
    },
    /// The data file ends before the tensor does.
    #[error(
        "the data file .data-{shard:05}-of-{shards:05} is {missing} bytes short: tensor `{name}` ends at byte {end}; \
         the copy was cut off, copy or download it again"
    )]
    ShardTooShort {
        /// The tensor.
        name: String,
        /// The data file's number.
        shard: u32,
        /// How many data files the checkpoint has.
        shards: u32,
        /// How many bytes are wanting.
        missing: u64,
        /// Where the tensor should end.
        end: u64,
    },
    /// A tensor's bytes do not match the checksum in the index.
    #[error(
        "tensor `{name}` has checksum {computed:08x}, but the index says {stored:08x}: the data file is damaged or \
         belongs to another checkpoint, fetch the .index and .data files again together"
    )]
    TensorChecksum {
        /// The tensor.
        name: String,
        /// The masked CRC-32C in the index.
        stored: u32,
        /// The masked CRC-32C of the bytes that are there.
        computed: u32,
    },
    /// The writer was given something that no checkpoint can hold.
    #[error("cannot write tensor `{name}`: {reason}")]
    Unwritable {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl CheckpointError {
    pub(crate) fn foreign(reason: impl Into<String>) -> Self {
        Self::NotAnIndex {
            reason: reason.into(),
        }
    }

    pub(crate) fn damaged(what: impl Into<String>, offset: u64) -> Self {
        Self::Damaged {
            what: what.into(),
            offset,
        }
    }
}
