/// What a client from elsewhere is told while nobody has set a password.
enum ProtectedMode {
    static let explanation: StaticString = """
        DENIED Coronet is running in protected mode because protected mode is enabled and no password is set for \
        the default user. In this mode connections are only accepted from the loopback interface. To connect from \
        other machines, do one of these: 1) set a password with 'CONFIG SET requirepass' from this machine, or in \
        the configuration file; 2) switch protected mode off with 'CONFIG SET protected-mode no' from this machine \
        if the node cannot be reached by strangers, and make it last with CONFIG REWRITE; 3) put 'protected-mode \
        no' into the configuration file and start again; 4) start the node with '--protected-mode no'.
        """
}
