// The floor: what a server costs that parses requests and answers constants, on the same ring and parser as the node.
// The distance between it and a node is what the node's own work costs; the distance to redis-server is what ring
// and parser are worth. GET answers a constant, SET answers OK, and there is enough of the rest for redis-benchmark.
//
//     floor --port 22000 --cpu 0 --value 64

import Glibc
import Reactor

var port: UInt16 = 22000
var valueBytes = 64
var configuration = RingConfiguration()

var arguments = CommandLine.arguments.dropFirst()
while let option = arguments.popFirst() {
    guard let text = arguments.popFirst(), let value = Int(text) else {
        print("floor: \(option) wants a number")
        exit(1)
    }
    switch option {
    case "--port": port = UInt16(clamping: value)
    case "--cpu": Affinity.pinThisThread(to: CPU(number: value))
    case "--value": valueBytes = value
    case "--buffers": configuration.bufferCount = value
    case "--buffer-size": configuration.bufferSize = value
    case "--submissions": configuration.submissionEntries = value
    case "--completions": configuration.completionEntries = value
    default:
        print("floor: unknown option \(option)")
        exit(1)
    }
}

do {
    var server = try FloorServer(port: port, valueBytes: valueBytes, configuration)
    print("\(server.ring.features); port \(port), \(valueBytes) B")
    server.run()
} catch {
    print("floor: \(error)")
    exit(1)
}
